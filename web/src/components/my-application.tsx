import { Button } from '@mantine/core'
import { IconBan, IconClockX, IconFileText, IconFlagCheck, IconLock, IconProgress, type Icon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { SumCard } from '#components/my-due.tsx'
import { counted } from '#services/counted.ts'
import type { Loan, LoanState } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/my-loan.module.css'

type Said = { readonly icon: Icon; readonly title: string; readonly text: string }

const looking: Said = { icon: IconProgress, title: 'We are looking at your application', text: 'The answer appears here by itself.' }
const SAID: Partial<Record<LoanState, Said>> = {
  applied: looking,
  assessing: looking,
  referred: { icon: IconProgress, title: 'One of us decides about your application', text: 'The answer appears here by itself.' },
  accepted: { icon: IconProgress, title: 'On its way to your wallet', text: 'You accepted the offer; the money comes by itself.' },
  expired: { icon: IconClockX, title: 'The offer has expired', text: 'You can apply again.' },
  rejected: { icon: IconBan, title: 'Not this time', text: 'Your application was not approved.' },
  cancelled: { icon: IconBan, title: 'Cancelled', text: 'Nothing was lent and nothing is owed.' },
  closed: { icon: IconLock, title: 'Paid back', text: 'Nothing is owed on this loan any more.' },
  foreclosed: { icon: IconFlagCheck, title: 'Closed early', text: 'Nothing is owed on this loan any more.' },
}

const textOf = (loan: Loan, text: string): string => {
  if (loan.state === 'accepted' && loan.failure) return 'Paying it out did not work yet. No money has moved; we are looking into it.'
  if (loan.state === 'rejected' && loan.rejectedReason) return `${text} ${loan.rejectedReason}`
  return loan.endedOn ? `${text} It ended on ${dateText(loan.endedOn)}.` : text
}

const Offer = ({ loan }: { readonly loan: Loan }) => {
  const navigate = useNavigate()
  const { currency } = loan
  return (
    <SumCard tone="calm" icon={IconFileText} title="Your offer" minor={loan.principal} currency={currency}>
      <dl className={styles.lines}>
        <div>
          <dt>You receive, after fee and GST</dt>
          <dd>{moneyWithSymbol(loan.netDisbursed, currency)}</dd>
        </div>
        <div>
          <dt>{counted(loan.instalments, 'instalment')} of</dt>
          <dd>{loan.instalment === null ? '–' : moneyWithSymbol(loan.instalment, currency)}</dd>
        </div>
        <div>
          <dt>Cost a year, all in (APR)</dt>
          <dd>{loan.apr === null ? '–' : `${loan.apr} %`}</dd>
        </div>
      </dl>
      {loan.moves.includes('accept') && (
        <Button size="xl" fullWidth variant="filled" onClick={() => void navigate({ to: `/loans/${loan.id}/moves/accept` })}>
          Accept the offer
        </Button>
      )}
      {loan.offerExpiresOn && <p className={styles.wallet}>It stands until the end of {dateText(loan.offerExpiresOn)}.</p>}
    </SumCard>
  )
}

/** A loan that is not running: asked for, offered, on its way, refused or ended; in words for whoever asked. */
export const MyApplication = ({ loan }: { readonly loan: Loan }) => {
  if (loan.state === 'offered') return <Offer loan={loan} />
  const { icon, title, text } = SAID[loan.state] ?? looking
  return (
    <SumCard tone="calm" icon={icon} title={title} minor={loan.principal} currency={loan.currency}>
      <p className={styles.said}>{textOf(loan, text)}</p>
    </SumCard>
  )
}
