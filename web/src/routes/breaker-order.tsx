import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ACTIONS, BreakerBadge } from '#components/breaker-words.tsx'
import { Changes, Done, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { MovePage } from '#components/move-page.tsx'
import { NotFound } from '#components/not-found.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { ReasonField } from '#components/reason-field.tsx'
import { breakerQuery, ordersPath, type Breaker, type BreakerAction, type BreakerState } from '#services/breakers.ts'
import { useForm } from '#services/form.ts'
import { useMove } from '#services/move.ts'
import { useBodySchema } from '#services/schema.ts'

const BECOMES: Record<BreakerAction, BreakerState> = {
  force_open: 'FORCED_OPEN',
  close: 'CLOSED',
  disable: 'DISABLED',
  metrics_only: 'METRICS_ONLY',
  reset: 'CLOSED',
}
const isAction = (text: string): text is BreakerAction => Object.hasOwn(ACTIONS, text)

const OrderForm = ({ breaker, action }: { readonly breaker: Breaker; readonly action: BreakerAction }) => {
  const words = ACTIONS[action]
  const back = `/breakers/${encodeURIComponent(breaker.name)}`
  const move = useMove<unknown>(`breakers.order:${breaker.name}:${action}`)
  const form = useForm<{ readonly action: BreakerAction; readonly reason: string }>({ action, reason: '' }, useBodySchema('breakers.order'))
  const refused = move.state === 'refused' ? move.error : undefined
  return (
    <MovePage
      title={words.word}
      note={`calls to ${breaker.name}`}
      crumbs={[
        { word: 'Breakers', to: '/breakers' },
        { word: breaker.name, to: back },
      ]}
      back={back}
      button={`${words.word}: ${breaker.name}`}
      danger={words.danger ?? false}
      under={words.lasts ? 'Holds until the next order, also after a restart.' : 'Done once; after that the breaker is left to itself.'}
      state={move.state}
      onSend={() => form.ready() && move.submit(ordersPath(breaker.name), form.values)}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={
        <ReasonField value={form.values.reason} onChange={(reason) => form.set('reason', reason)} error={form.errorOf('reason', refused)} />
      }
      consequence={
        move.state === 'done' ? (
          <Done title="Ordered" ways={<Link to={back}>Back to {breaker.name}</Link>}>
            {words.effect}
          </Done>
        ) : (
          <>
            <WhatHappens />
            {refused && <NothingRecorded />}
            <p>{words.effect}</p>
            <Panel title="The breaker" level={3}>
              <Changes
                changes={[
                  { what: 'State', before: <BreakerBadge state={breaker.state} />, after: <BreakerBadge state={BECOMES[action]} /> },
                ]}
              />
            </Panel>
          </>
        )
      }
    />
  )
}

/** An order to a breaker, with its reason. */
export const BreakerOrderPage = () => {
  const { breaker: name = '', action = '' } = useParams({ strict: false })
  const { data: breaker, error } = useQuery(breakerQuery(name))
  if (!isAction(action)) return <NotFound />
  return breaker ? <OrderForm key={action} breaker={breaker} action={action} /> : <PageWait title={ACTIONS[action].word} error={error} />
}
