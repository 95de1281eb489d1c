import { Button } from '@mantine/core'
import { at } from '#services/http.ts'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Choice } from '#components/choice.tsx'
import { Keycap } from '#components/keycap.tsx'
import { NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { MoneyField } from '#components/money-field.tsx'
import { MovePage } from '#components/move-page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { PaymentRecorded, splitLines, type PaymentAnswer, type ReceiptLine } from '#components/payment-recorded.tsx'
import { PAID_FROM, PaymentReference, paymentFieldByCode } from '#components/payment-reference.tsx'
import { RepayPreview } from '#components/repay-preview.tsx'
import { WalletLack } from '#components/wallet-lack.tsx'
import { useLoanWay } from '#services/loan-way.ts'
import { useForm } from '#services/form.ts'
import { loanQuery, type Loan } from '#services/loans.ts'
import { moneyText, moneyWithSymbol } from '#services/money.ts'
import { walletQuery, type Wallet } from '#services/people.ts'
import { sentFigure, useMove } from '#services/move.ts'
import { openSearch, useRepaymentRound } from '#services/searching.ts'
import { useBodySchema } from '#services/schema.ts'
import { useIsStaff } from '#services/session.ts'
import { useUrl, wholeNumber } from '#services/url.ts'
import { lackOf } from '#services/wallet-lack.ts'

type Values = {
  readonly payment: string
  readonly amount: number | undefined
  readonly currency: string
  readonly from: 'cash' | 'wallet'
  readonly excess: 'wallet' | 'prepay'
}

const EXCESS = [
  ['wallet', 'Keep in the wallet'],
  ['prepay', 'Prepay principal'],
] as const
type Form = ReturnType<typeof useForm<Values>>

const AmountHint = ({ loan, form }: { readonly loan: Loan; readonly form: Form }) =>
  loan.toPay > 0 ? (
    <>
      To pay now {moneyText(loan.toPay, loan.currency)} ·{' '}
      <button type="button" onClick={() => form.set('amount', loan.toPay)}>
        use it
      </button>
    </>
  ) : (
    'Nothing is due now; this is paid in advance.'
  )

type FieldsProps = {
  readonly loan: Loan
  readonly form: Form
  readonly refused: unknown
  readonly staff: boolean
  readonly wallet: Wallet | undefined
}

const Fields = ({ loan, form, refused, staff, wallet }: FieldsProps) => {
  const { values, set, errorOf } = form
  const fromWallet = values.from === 'wallet' && (
    <WalletLack wallet={wallet} amount={values.amount} onUse={(amount) => set('amount', amount)} />
  )
  return (
    <>
      <MoneyField
        label={staff ? 'Amount received' : 'Amount to pay from your wallet'}
        big
        autoFocus
        currency={loan.currency}
        minor={values.amount}
        onChange={(amount) => set('amount', amount)}
        error={errorOf('amount', refused)}
        hint={<AmountHint loan={loan} form={form} />}
      />
      {staff ? (
        <>
          <Choice label="From" value={values.from} options={PAID_FROM} onChange={(from) => set('from', from)} />
          {fromWallet}
          <PaymentReference value={values.payment} onChange={(payment) => set('payment', payment)} error={errorOf('payment', refused)} />
        </>
      ) : (
        fromWallet
      )}
      <Choice label="If it is more than is due" value={values.excess} options={EXCESS} onChange={(excess) => set('excess', excess)} />
    </>
  )
}

/** The receipt, with what is left after it; at the desk the next one is an Enter away. */
const Recorded = ({ loan, amount, answer }: { readonly loan: Loan; readonly amount: number; readonly answer: PaymentAnswer }) => {
  const staff = useIsStaff()
  const way = useLoanWay(loan)
  const left: readonly ReceiptLine[] = [
    { what: 'Received', minor: amount, strong: true },
    { what: 'Principal left', minor: loan.outstanding?.principal ?? 0 },
    { what: 'Still to pay now', minor: loan.toPay },
  ]
  return (
    <PaymentRecorded
      amount={amount}
      currency={loan.currency}
      answer={answer}
      of={`${loan.personName}, ${loan.product.name}`}
      lines={[...(answer.split ? splitLines(answer.split) : []), ...left]}
      back={{ to: way.back, name: way.name }}
      next={
        staff && (
          <Button
            variant="filled"
            rightSection={<Keycap onAccent>↵</Keycap>}
            aria-keyshortcuts="Enter r"
            onClick={() => openSearch('repayment')}
          >
            Next repayment
          </Button>
        )
      }
    />
  )
}

type First = { readonly key: string; readonly staff: boolean; readonly given: number | undefined }
const firstValues = (loan: Loan, { key, staff, given }: First): Values => ({
  payment: `${staff ? 'desk' : 'own'}-${key.slice(0, 13)}`,
  amount: given ?? (loan.toPay > 0 ? loan.toPay : loan.nextDue?.amount),
  currency: loan.currency,
  from: staff ? 'cash' : 'wallet',
  excess: 'wallet',
})

const RepayForm = ({ loan }: { readonly loan: Loan }) => {
  const staff = useIsStaff()
  const way = useLoanWay(loan)
  const verb = staff ? 'Record' : 'Pay'
  const schema = useBodySchema('lending.repay')
  const move = useMove<PaymentAnswer>(`repay:${loan.id}`)
  const show = { amount: (minor: number) => moneyWithSymbol(minor, loan.currency) }
  const [{ amount }] = useUrl()
  const first = firstValues(loan, { key: move.key, staff, given: wholeNumber(amount) })
  const form = useForm<Values>(first, schema, { byCode: paymentFieldByCode, show })
  const { excess, ...body } = form.values
  const { data: wallet } = useQuery({ ...walletQuery(loan.person), enabled: body.from === 'wallet' })
  // What was sent already may be what the wallet lacks now: that is asked about all the same.
  const short = body.from === 'wallet' && lackOf(wallet, body.amount) > 0 && move.state !== 'lost'
  const send = () => {
    if (form.ready()) move.submit(at`/api/v1/loans/${loan.id}/repayments`, { ...body, ...(excess === 'prepay' ? { excess } : {}) })
  }
  const refused = move.state === 'refused' ? move.error : undefined
  return (
    <MovePage
      title={staff ? 'Record repayment' : 'Pay'}
      note={`${moneyWithSymbol(loan.toPay, loan.currency)} to pay now`}
      crumbs={way.crumbs}
      back={way.back}
      button={body.amount ? `${verb} ${moneyWithSymbol(body.amount, loan.currency)}` : verb}
      under={
        staff
          ? 'Can be reversed later, with a reason. A double click or reload cannot record it twice.'
          : 'A double click or reload cannot pay it twice.'
      }
      state={move.state}
      disabled={short}
      onSend={send}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={<Fields loan={loan} form={form} refused={refused} staff={staff} wallet={wallet} />}
      consequence={
        move.state === 'done' && move.answer ? (
          <Recorded loan={loan} amount={sentFigure(move.sent, 'amount')} answer={move.answer} />
        ) : (
          <>
            {refused && <NothingRecorded>What was typed stays as it is.</NothingRecorded>}
            {short ? (
              <>
                <WhatHappens />
                <p>Nothing, with this amount: there is less in the wallet.</p>
              </>
            ) : (
              <RepayPreview loan={loan} amount={body.amount} from={body.from} excess={excess} />
            )}
          </>
        )
      }
    />
  )
}

export const RepayPage = () => {
  const { loan: id = '' } = useParams({ strict: false })
  const { data: loan, error } = useQuery(loanQuery(id))
  const round = useRepaymentRound()
  return loan ? <RepayForm key={`${loan.id} ${round}`} loan={loan} /> : <PageWait title="Record repayment" error={error} />
}
