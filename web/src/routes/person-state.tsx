import { at } from '#services/http.ts'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Changes, Done, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { MovePage } from '#components/move-page.tsx'
import { NotFound } from '#components/not-found.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { ReasonField } from '#components/reason-field.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { useForm } from '#services/form.ts'
import { useMove } from '#services/move.ts'
import { personQuery } from '#services/people.ts'
import { useBodySchema } from '#services/schema.ts'
import type { Person } from '#services/session.ts'

type Kind = {
  readonly operation: string
  readonly path: string
  readonly word: string
  readonly becomes: string
  readonly reason: boolean
  readonly effect: (person: Person) => string
}

const KINDS: Record<string, Kind> = {
  deactivate: {
    operation: 'identity.deactivate',
    path: 'deactivation',
    word: 'Deactivate',
    becomes: 'deactivated',
    reason: true,
    effect: ({ name }) =>
      `${name} can no longer sign in or apply, and every session of theirs ends now. Their loans, money and history stay as they are.`,
  },
  reactivate: {
    operation: 'identity.reactivate',
    path: 'reactivation',
    word: 'Reactivate',
    becomes: 'active',
    reason: false,
    effect: ({ name }) => `${name} can apply again, and sign in with the login and password they had.`,
  },
}

const StateForm = ({ person, kind }: { readonly person: Person; readonly kind: Kind }) => {
  const back = `/people/${person.id}`
  const move = useMove<Person>(`${kind.operation}:${person.id}`)
  const form = useForm<{ readonly reason: string | undefined }>({ reason: kind.reason ? '' : undefined }, useBodySchema(kind.operation))
  const refused = move.state === 'refused' ? move.error : undefined
  return (
    <MovePage
      title={kind.word}
      note={person.name}
      crumbs={[
        { word: 'People', to: '/people' },
        { word: person.name, to: back },
      ]}
      back={back}
      button={`${kind.word} ${person.name}`}
      danger={kind.reason}
      state={move.state}
      onSend={() => form.ready() && move.submit(at`/api/v1/people/${person.id}/${kind.path}`, kind.reason ? form.values : {})}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={
        kind.reason ? (
          <ReasonField
            value={form.values.reason ?? ''}
            onChange={(reason) => form.set('reason', reason)}
            error={form.errorOf('reason', refused)}
          />
        ) : (
          <p>{kind.effect(person)}</p>
        )
      }
      consequence={
        move.state === 'done' ? (
          <Done title={`${person.name} is ${kind.becomes}`} ways={<Link to={back}>Back to {person.name}</Link>}>
            It is in the audit trail.
          </Done>
        ) : (
          <>
            <WhatHappens />
            {refused && <NothingRecorded />}
            {kind.reason && <p>{kind.effect(person)}</p>}
            <Panel title="The person" level={3}>
              <Changes
                changes={[{ what: 'State', before: <StateBadge state={person.state} />, after: <StateBadge state={kind.becomes} /> }]}
              />
            </Panel>
          </>
        )
      }
    />
  )
}

/** A person is deactivated, with a reason, or reactivated. */
export const PersonStatePage = () => {
  const { person: id = '', move = '' } = useParams({ strict: false })
  const { data: person, error } = useQuery(personQuery(id))
  const kind = Object.hasOwn(KINDS, move) ? KINDS[move] : undefined
  if (!kind) return <NotFound />
  return person ? <StateForm key={move} person={person} kind={kind} /> : <PageWait title={kind.word} error={error} />
}
