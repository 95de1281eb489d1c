import { Button } from '@mantine/core'
import { IconAlertCircle, IconCalendar, IconClock, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Money } from '#components/money.tsx'
import { isOverdue } from '#services/arrears.ts'
import type { Loan, ScheduleRow } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { dueLines, nextAfter } from '#services/own-loans.ts'
import { walletQuery } from '#services/people.ts'
import { lackOf } from '#services/wallet-lack.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/my-loan.module.css'

type SumProps = {
  readonly tone: 'bad' | 'attention' | 'calm'
  readonly icon: Icon
  readonly title: string
  readonly minor: number
  readonly currency: string
  readonly children: ReactNode
}

/** First the sum, with its reason above it; then what it is made of, and what to do. */
export const SumCard = ({ tone, icon: Shape, title, minor, currency, children }: SumProps) => (
  <section className={styles.card} data-tone={tone} aria-labelledby="sum">
    <h2 id="sum" className={styles.why}>
      <Shape size={20} stroke={1.75} aria-hidden="true" />
      {title}
    </h2>
    <p className={styles.sum}>
      <Money minor={minor} currency={currency} symbol />
    </p>
    {children}
  </section>
)

type Props = { readonly loan: Loan; readonly rows: readonly ScheduleRow[]; readonly today: string }

const Lines = ({ loan, rows, today }: Props) => (
  <dl className={styles.lines}>
    {dueLines(loan, rows, today).map(({ word, minor }) => (
      <div key={word}>
        <dt>{word}</dt>
        <dd>
          <Money minor={minor} currency={loan.currency} />
        </dd>
      </div>
    ))}
  </dl>
)

const WhyCharge = () => (
  <details className={styles.how}>
    <summary>Why a late charge?</summary>
    <p>
      It grows each day by a small part of the instalments that are overdue, never on itself, and stops on the day they are paid. The
      instalments list tells how much each has caused.
    </p>
  </details>
)

type PayProps = { readonly loan: Loan; readonly word: string; readonly rank: 'filled' | 'default'; readonly amount?: number }

const PayButton = ({ loan, word, rank, amount }: PayProps) => {
  const navigate = useNavigate()
  const search = amount === undefined ? {} : { amount: String(amount) }
  return (
    <Button size="xl" fullWidth variant={rank} onClick={() => void navigate({ to: `/loans/${loan.id}/repay`, search })}>
      {word}
    </Button>
  )
}

/** From the wallet alone one pays here: the button pays what is due, or as much of it as is there; what is missing is said with what helps. */
const Pay = ({ loan }: { readonly loan: Loan }) => {
  const { data: wallet } = useQuery(walletQuery(loan.person))
  const { toPay, currency } = loan
  const said = (minor: number) => moneyWithSymbol(minor, currency)
  const there = wallet?.available ?? 0
  const lack = lackOf(wallet, toPay)
  const may = loan.moves.includes('repay')
  return (
    <>
      {may && lack === 0 && <PayButton loan={loan} word={`Pay ${said(toPay)}`} rank="filled" />}
      {may && lack > 0 && there > 0 && <PayButton loan={loan} word={`Pay ${said(there)} of it`} rank="filled" amount={there} />}
      {wallet && (
        <p className={styles.wallet}>
          In your wallet: {said(there)}
          {lack > 0 && `. ${said(lack)} is missing: bring it to our desk as cash, and it is in your wallet at once.`}
        </p>
      )}
    </>
  )
}

/** Nothing is due: as much as is in the wallet can be paid before it falls due. */
const PayAhead = ({ loan }: { readonly loan: Loan }) => {
  const { data: wallet } = useQuery(walletQuery(loan.person))
  const empty = wallet?.available === 0
  return (
    <>
      {loan.moves.includes('repay') && !empty && <PayButton loan={loan} word="Pay ahead" rank="default" />}
      {wallet && (
        <p className={styles.wallet}>
          In your wallet: {moneyWithSymbol(wallet.available, wallet.currency)}
          {empty && '. To pay ahead, bring cash to our desk: it is in your wallet at once.'}
        </p>
      )}
    </>
  )
}

/** What a running loan asks for now, or next, and the button that pays it. */
export const MyDue = ({ loan, rows, today }: Props) => {
  const { currency, toPay } = loan
  const next = nextAfter(rows, today)
  if (toPay === 0)
    return (
      <SumCard
        tone="calm"
        icon={IconCalendar}
        title={next ? `Next, due ${dateText(next.dueOn)}` : 'Nothing to come'}
        minor={next?.minor ?? 0}
        currency={currency}
      >
        <p className={styles.said}>Nothing is due now.</p>
        <PayAhead loan={loan} />
      </SumCard>
    )
  const late = isOverdue(loan)
  const since = loan.overdue?.since
  return (
    <SumCard
      tone={late ? 'bad' : 'attention'}
      icon={late ? IconAlertCircle : IconClock}
      title={late && since ? `Overdue since ${dateText(since)}` : 'Due today'}
      minor={toPay}
      currency={currency}
    >
      <Lines loan={loan} rows={rows} today={today} />
      {(loan.outstanding?.lateCharge ?? 0) > 0 && <WhyCharge />}
      <Pay loan={loan} />
    </SumCard>
  )
}
