import { Button } from '@mantine/core'
import { IconArrowBackUp, IconCircleCheck, IconReceiptOff, IconTransferIn, type Icon } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { Empty } from '#components/empty.tsx'
import { Money } from '#components/money.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { statementQuery, type Loan, type StatementLine } from '#services/loans.ts'
import { moneyText } from '#services/money.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/my-loan.module.css'

type Said = { readonly word: string; readonly icon: Icon; readonly tone: 'ok' | 'bad' | 'neutral' }

const SAID: Record<string, Said> = {
  disbursal: { word: 'Loan paid out to you', icon: IconTransferIn, tone: 'neutral' },
  repayment: { word: 'Payment', icon: IconCircleCheck, tone: 'ok' },
  foreclosure: { word: 'Loan closed early', icon: IconCircleCheck, tone: 'ok' },
  reversal: { word: 'Payment taken back', icon: IconArrowBackUp, tone: 'bad' },
}
const PARTS = [
  ['lateCharge', 'late charge'],
  ['interest', 'interest'],
  ['principal', 'principal'],
  ['fees', 'fee and GST'],
  ['wallet', 'to your wallet'],
] as const

/** Where the money of a line went, or why it went back. */
const partsOf = (line: StatementLine): readonly string[] => {
  if (line.kind === 'reversal') return line.reason === null ? [] : [line.reason]
  return PARTS.flatMap(([name, word]) => {
    const part = line.breakup?.[name] ?? 0
    return part > 0 && part !== line.amount ? [`${word} ${moneyText(part, line.currency)}`] : []
  })
}

const Line = ({ line }: { readonly line: StatementLine }) => {
  const back = line.reversedBy !== null
  const { word, icon: Shape, tone } = SAID[line.kind] ?? { word: line.kind, icon: IconReceiptOff, tone: 'neutral' as const }
  const parts = partsOf(line)
  return (
    <li className={styles.line} data-tone={back ? 'neutral' : tone}>
      <Shape size={20} stroke={1.75} aria-hidden="true" />
      <div>
        <p className={styles.what}>{back ? `${word}, taken back later` : word}</p>
        <p className={styles.detail}>{dateText(line.bookedOn)}</p>
        {parts.length > 0 && (
          <p className={styles.detail}>
            {parts.map((part, at) => (
              <Fragment key={part}>
                {at > 0 && '\u00a0· '}
                <span className={line.kind === 'reversal' ? undefined : styles.part}>{part}</span>
              </Fragment>
            ))}
          </p>
        )}
        {line.balance !== null && <p className={styles.detail}>Left after this {moneyText(line.balance, line.currency)}</p>}
        {line.transfer && (
          <p className={styles.receipt}>
            <Link to={`/proof/${line.transfer}`} aria-label={`Receipt and its proof: ${word.toLowerCase()} of ${dateText(line.bookedOn)}`}>
              Receipt and its proof
            </Link>
          </p>
        )}
      </div>
      <p className={styles.amount}>
        <Money minor={line.amount} currency={line.currency} symbol />
      </p>
    </li>
  )
}

/** The loan's money, newest first: each payment, where it went, what was left, and its receipt. */
export const MyStatement = ({ loan }: { readonly loan: Loan }) => {
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(statementQuery(loan.id)))
  if (error) return <ProblemNote error={error} />
  if (!rows) return <Waiting what="the statement" />
  // Interest that falls due is the company's bookkeeping: nothing was paid.
  const moved = rows.filter(({ kind }) => kind !== 'interest_due')
  if (moved.length === 0 && !hasMore) return <Empty title="No money has moved yet">Payments and their receipts will stand here.</Empty>
  return (
    <>
      <ul className={styles.statement} aria-label="Statement">
        {moved.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
      {hasMore && <Button onClick={more}>Show older payments</Button>}
    </>
  )
}
