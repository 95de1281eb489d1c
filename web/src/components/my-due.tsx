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

/** What is in the wallet, from which alone one pays here; said whether it is enough. */
const Wallet = ({ loan }: { readonly loan: Loan }) => {
  const { data } = useQuery(walletQuery(loan.person))
  if (!data) return null
  const short = loan.toPay > data.available
  return (
    <p className={styles.wallet}>
      In your wallet: {moneyWithSymbol(data.available, data.currency)}
      {short && '. Bring the rest to our desk as cash, or pay a part now.'}
    </p>
  )
}

const Pay = ({ loan, word }: { readonly loan: Loan; readonly word: string }) => {
  const navigate = useNavigate()
  if (!loan.moves.includes('repay')) return null
  return (
    <Button
      size="xl"
      fullWidth
      variant={loan.toPay > 0 ? 'filled' : 'default'}
      onClick={() => void navigate({ to: `/loans/${loan.id}/repay` })}
    >
      {word}
    </Button>
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
        <Pay loan={loan} word="Pay ahead" />
        <Wallet loan={loan} />
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
      <Pay loan={loan} word={`Pay ${moneyWithSymbol(toPay, currency)}`} />
      <Wallet loan={loan} />
    </SumCard>
  )
}
