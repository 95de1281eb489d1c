import { at } from '#services/http.ts'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Changes, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { Money } from '#components/money.tsx'
import { MoneyField } from '#components/money-field.tsx'
import { MovePage } from '#components/move-page.tsx'
import { NotFound } from '#components/not-found.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { PaymentRecorded, type PaymentAnswer } from '#components/payment-recorded.tsx'
import { PaymentReference, paymentFieldByCode } from '#components/payment-reference.tsx'
import { Panel } from '#components/panel.tsx'
import { useForm } from '#services/form.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { sentFigure, useMove } from '#services/move.ts'
import { personQuery, walletQuery } from '#services/people.ts'
import { useBodySchema } from '#services/schema.ts'
import type { Person } from '#services/session.ts'

type Kind = { readonly operation: string; readonly path: string; readonly title: string; readonly verb: string; readonly sign: 1 | -1 }
type Values = { readonly payment: string; readonly amount: number | undefined; readonly currency: string }

const KINDS: Record<string, Kind> = {
  deposit: { operation: 'lending.deposit', path: 'deposits', title: 'Deposit', verb: 'Deposit', sign: 1 },
  withdraw: { operation: 'lending.withdraw', path: 'withdrawals', title: 'Withdraw', verb: 'Pay out', sign: -1 },
}
type Form = ReturnType<typeof useForm<Values>>

const Fields = ({ form, refused, available }: { readonly form: Form; readonly refused: unknown; readonly available: number }) => {
  const { values, set, errorOf } = form
  return (
    <>
      <MoneyField
        label="Amount"
        big
        autoFocus
        currency={values.currency}
        minor={values.amount}
        onChange={(amount) => set('amount', amount)}
        error={errorOf('amount', refused)}
        hint={`In the wallet now: ${moneyWithSymbol(available, values.currency)}`}
      />
      <PaymentReference value={values.payment} onChange={(payment) => set('payment', payment)} error={errorOf('payment', refused)} />
    </>
  )
}

type ChangeProps = { readonly before: number; readonly after: number | undefined; readonly currency: string }

const WalletChange = ({ before, after, currency }: ChangeProps) => (
  <Panel title="The wallet" level={3}>
    <Changes
      changes={[
        {
          what: 'Available',
          before: <Money minor={before} currency={currency} />,
          after: after !== undefined && after < 0 ? 'not that much' : <Money minor={after} currency={currency} why="No amount yet" />,
        },
      ]}
    />
  </Panel>
)

const WalletMoveForm = ({ person, kind }: { readonly person: Person; readonly kind: Kind }) => {
  const { data: wallet } = useQuery(walletQuery(person.id))
  const currency = wallet?.currency ?? 'INR'
  const schema = useBodySchema(kind.operation)
  const move = useMove<PaymentAnswer>(`${kind.operation}:${person.id}`)
  const show = { amount: (minor: number) => moneyWithSymbol(minor, currency) }
  const form = useForm<Values>({ payment: `desk-${move.key.slice(0, 13)}`, amount: undefined, currency }, schema, {
    byCode: paymentFieldByCode,
    show,
  })
  const { values } = form
  const refused = move.state === 'refused' ? move.error : undefined
  const available = wallet?.available ?? 0
  const after = values.amount === undefined ? undefined : available + kind.sign * values.amount
  return (
    <MovePage
      title={kind.title}
      note={`wallet of ${person.name}`}
      crumbs={[
        { word: 'People', to: '/people' },
        { word: person.name, to: `/people/${person.id}` },
      ]}
      back={`/people/${person.id}`}
      button={values.amount ? `${kind.verb} ${moneyWithSymbol(values.amount, currency)}` : kind.verb}
      under="A double click or reload cannot record it twice."
      state={move.state}
      onSend={() => form.ready() && move.submit(at`/api/v1/people/${person.id}/${kind.path}`, values)}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={<Fields form={form} refused={refused} available={available} />}
      consequence={
        move.state === 'done' && move.answer ? (
          <PaymentRecorded
            amount={sentFigure(move.sent, 'amount')}
            currency={currency}
            answer={move.answer}
            of={`Wallet of ${person.name}`}
            lines={[
              { what: kind.sign > 0 ? 'Received' : 'Paid out', minor: sentFigure(move.sent, 'amount'), strong: true },
              { what: 'In the wallet now', minor: available },
            ]}
            back={{ to: `/people/${person.id}`, name: person.name }}
          />
        ) : (
          <>
            <WhatHappens />
            {refused && <NothingRecorded />}
            <WalletChange before={available} after={after} currency={currency} />
          </>
        )
      }
    />
  )
}

export const WalletMovePage = () => {
  const { person: id = '', move = '' } = useParams({ strict: false })
  const { data: person, error } = useQuery(personQuery(id))
  const kind = Object.hasOwn(KINDS, move) ? KINDS[move] : undefined
  if (!kind) return <NotFound />
  return person ? <WalletMoveForm key={`${id}${move}`} person={person} kind={kind} /> : <PageWait title={kind.title} error={error} />
}
