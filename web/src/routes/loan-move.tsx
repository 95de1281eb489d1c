import { at } from '#services/http.ts'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Changes, Done, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { Facts } from '#components/facts.tsx'
import { loanFacts } from '#components/loan-header.tsx'
import { LoanNotice } from '#components/loan-notice.tsx'
import { MovePage } from '#components/move-page.tsx'
import { NotFound } from '#components/not-found.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { ReasonField } from '#components/reason-field.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { useRows } from '#components/use-rows.ts'
import { useLoanWay } from '#services/loan-way.ts'
import { useForm } from '#services/form.ts'
import { loanQuery, statementQuery, type Loan, type LoanState, type StatementLine } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { useMove } from '#services/move.ts'
import { useBodySchema } from '#services/schema.ts'
import { useIsStaff } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import { dateText } from '#services/when.ts'

type Kind = {
  readonly operation: string
  readonly title: string
  /** Said once it is recorded. */
  readonly done: string
  /** The loan's state after it, where that is known beforehand. */
  readonly becomes?: LoanState
  readonly path: (loan: Loan, repayment: string) => string
  readonly reason: boolean
  readonly button: (loan: Loan, line: StatementLine | undefined) => string
  readonly effect: (loan: Loan) => ReactNode
  readonly danger?: boolean
  /** The same, said to whoever borrowed. */
  readonly own?: Pick<Kind, 'title' | 'done' | 'effect'>
}

const asked = (loan: Loan) => moneyWithSymbol(loan.principal, loan.currency)
const KINDS: Record<string, Kind> = {
  approve: {
    operation: 'lending.approve',
    title: 'Approve',
    done: 'Approved',
    becomes: 'offered',
    path: (loan) => at`/api/v1/loans/${loan.id}/approval`,
    reason: false,
    button: (loan) => `Approve ${asked(loan)}`,
    effect: (loan) =>
      `${loan.personName} gets an offer of ${asked(loan)}, which stands for 3 working days. Nobody may approve what they applied for.`,
  },
  reject: {
    operation: 'lending.reject',
    title: 'Reject',
    done: 'Rejected',
    becomes: 'rejected',
    path: (loan) => at`/api/v1/loans/${loan.id}/rejection`,
    reason: true,
    danger: true,
    button: (loan) => `Reject ${loan.personName}’s application`,
    effect: () => 'The application ends. The reason is kept with it and in the audit trail.',
  },
  accept: {
    operation: 'lending.accept',
    title: 'Record acceptance',
    done: 'Acceptance recorded',
    becomes: 'accepted',
    path: (loan) => at`/api/v1/loans/${loan.id}/acceptance`,
    reason: false,
    button: (loan) => `Accept ${asked(loan)}`,
    effect: (loan) =>
      `The disbursal follows by itself, once: the wallet of ${loan.personName} is credited, the schedule written, and the loan becomes active.`,
    own: {
      title: 'Accept the offer',
      done: 'Offer accepted',
      effect: (loan) => `${moneyWithSymbol(loan.netDisbursed, loan.currency)} comes into your wallet by itself, once, and the loan begins.`,
    },
  },
  disburse: {
    operation: 'lending.disburse',
    title: 'Disburse again',
    done: 'Disbursed',
    becomes: 'active',
    path: (loan) => at`/api/v1/loans/${loan.id}/disbursal`,
    reason: false,
    button: (loan) => `Disburse ${asked(loan)}`,
    effect: (loan) =>
      `The disbursal that failed is tried again. ${asked(loan)} less the fee goes to the wallet of ${loan.personName}, once.`,
  },
  reverse: {
    operation: 'lending.reverse_repayment',
    title: 'Reverse a repayment',
    done: 'Reversed',
    path: (loan, repayment) => at`/api/v1/loans/${loan.id}/repayments/${repayment}/reversal`,
    reason: true,
    danger: true,
    button: (_, line) => (line ? `Reverse the repayment of ${moneyWithSymbol(line.amount, line.currency)}` : 'Reverse the repayment'),
    effect: () =>
      'What it had paid is owed again from the day it was due, late charge included. Repayments that came later stay and are divided anew, as of their days; the statement tells the difference. Nothing is deleted.',
  },
}

type FormProps = {
  readonly loan: Loan
  readonly kind: Kind
  /** The repayment that is reversed, where it is known. */
  readonly line: StatementLine | undefined
  /** There is no such repayment. */
  readonly none: boolean
}

const NONE = 'This address names no repayment of this loan that can be reversed. Choose one on its Money tab.'

const LoanMoveForm = ({ loan, kind: known, line, none }: FormProps) => {
  const staff = useIsStaff()
  const way = useLoanWay(loan)
  const kind = staff ? known : { ...known, ...known.own }
  const [{ repayment = '' }] = useUrl()
  const schema = useBodySchema(kind.operation)
  const move = useMove<{ readonly state?: string; readonly loanState?: string }>(`${kind.operation}:${loan.id}:${repayment}`)
  const form = useForm<{ readonly reason: string | undefined }>({ reason: kind.reason ? '' : undefined }, schema)
  const refused = move.state === 'refused' ? move.error : undefined
  // Of a reversal `state` is its own; the loan's stands beside it.
  const after = move.answer?.loanState ?? move.answer?.state
  return (
    <MovePage
      title={kind.title}
      note={line ? `of ${dateText(line.bookedOn)}, ${loan.product.name}` : `${asked(loan)}, ${loan.product.name}`}
      crumbs={way.crumbs}
      back={way.back}
      button={kind.button(loan, line)}
      {...(none ? { under: NONE } : {})}
      disabled={none && move.state === 'form'}
      danger={kind.danger ?? false}
      state={move.state}
      onSend={() => form.ready() && move.submit(kind.path(loan, repayment), kind.reason ? { reason: form.values.reason } : {})}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={
        kind.reason ? (
          <ReasonField
            value={form.values.reason ?? ''}
            onChange={(reason) => form.set('reason', reason)}
            error={form.errorOf('reason', refused)}
          />
        ) : (
          <p>{kind.effect(loan)}</p>
        )
      }
      consequence={
        move.state === 'done' ? (
          <Done title={kind.done} ways={<Link to={way.back}>Back to {way.name}</Link>}>
            {after ? `The loan is now ${after}.` : 'It is recorded.'}
          </Done>
        ) : (
          <>
            <WhatHappens />
            {refused && <NothingRecorded />}
            {kind.reason && <p>{kind.effect(loan)}</p>}
            {kind.becomes && (
              <Panel title="The loan" level={3}>
                <Changes
                  changes={[{ what: 'State', before: <StateBadge state={loan.state} />, after: <StateBadge state={kind.becomes} /> }]}
                />
              </Panel>
            )}
            <LoanNotice loan={loan} />
            <Facts facts={loanFacts(loan)} />
          </>
        )
      }
    />
  )
}

/** Approve, reject, accept, disburse again, reverse: a decision on a loan, with what follows from it. */
export const LoanMovePage = () => {
  const { loan: id = '', move = '' } = useParams({ strict: false })
  const { data: loan, error } = useQuery(loanQuery(id))
  const [{ repayment }] = useUrl()
  const reverses = move === 'reverse'
  const { rows: lines, hasMore } = useRows(useInfiniteQuery({ ...statementQuery(id), enabled: reverses }))
  const line = lines?.find((one) => one.id === repayment && one.kind === 'repayment' && one.reversedBy === null)
  const kind = Object.hasOwn(KINDS, move) ? KINDS[move] : undefined
  if (!kind) return <NotFound />
  if (!loan) return <PageWait title={kind.title} error={error} />
  const none = reverses && (repayment === undefined || (lines !== undefined && !hasMore && line === undefined))
  return <LoanMoveForm key={`${loan.id}${move}`} loan={loan} kind={kind} line={line} none={none} />
}
