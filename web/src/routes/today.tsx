import { Button } from '@mantine/core'
import { IconCash, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { Facts, type Fact } from '#components/facts.tsx'
import { Keycap } from '#components/keycap.tsx'
import { LiveSign } from '#components/live-sign.tsx'
import { Money } from '#components/money.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { BookPanel, LastEventsPanel, MoneyPanel, SealPanel, WaitingPanel } from '#components/today-panels.tsx'
import { counted } from '#services/counted.ts'
import { useLive } from '#services/live.ts'
import { overviewQuery, type Overview } from '#services/overview.ts'
import { openSearch } from '#services/searching.ts'
import { useMay } from '#services/session.ts'
import { dateText } from '#services/when.ts'
import styles from '#routes/today.module.css'

const factsOf = (o: Overview): readonly Fact[] => {
  const share = o.dueToday.amount > 0 ? `, ${((o.dueToday.collected / o.dueToday.amount) * 100).toFixed(1)} % collected` : ''
  return [
    {
      label: 'Collected today',
      value: <Money minor={o.collectedToday.amount} symbol />,
      of: counted(o.collectedToday.payments, 'payment'),
    },
    {
      label: 'Due today',
      value: <Money minor={o.dueToday.amount} symbol />,
      of: `${counted(o.dueToday.instalments, 'instalment')}${share}`,
    },
    {
      label: 'Overdue',
      value: <Money minor={o.overdue.amount} symbol />,
      of: `${o.overdue.loans} of ${counted(o.activeLoans, 'active loan')}`,
      bad: o.overdue.amount > 0,
    },
    {
      label: 'Disbursed today',
      value: <Money minor={o.disbursed.amount} symbol />,
      of: `${counted(o.disbursed.loans, 'loan')}${o.disbursed.onTheWay > 0 ? `, ${counted(o.disbursed.onTheWay, 'on its way', 'on their way')}` : ''}`,
    },
    { label: 'Book outstanding', value: <Money minor={o.outstanding.amount} symbol />, of: counted(o.outstanding.loans, 'active loan') },
  ]
}

/** What needs me now, and is all sound. */
export const TodayPage = () => {
  const navigate = useNavigate()
  const may = useMay()
  useLive()
  const { data, error } = useQuery({ ...overviewQuery, enabled: may('lending.overview') })
  if (!may('lending.overview')) return <Navigate to="/my-loan" replace />
  if (!data) return <PageWait title="Today" error={error} />
  return (
    <PageFrame
      title="Today"
      note={
        <>
          {dateText(data.businessDate)} · <LiveSign />
        </>
      }
      actions={
        <>
          {may('lending.repay') && (
            <Button
              leftSection={<IconCash size={16} stroke={1.75} />}
              rightSection={<Keycap>R</Keycap>}
              onClick={() => openSearch('repayment')}
              aria-keyshortcuts="r"
            >
              Take a repayment
            </Button>
          )}
          {may('lending.apply') && (
            <Button
              variant="filled"
              leftSection={<IconPlus size={16} stroke={1.75} />}
              rightSection={<Keycap onAccent>N</Keycap>}
              onClick={() => void navigate({ to: '/apply' })}
            >
              New application
            </Button>
          )}
        </>
      }
    >
      <Facts big facts={factsOf(data)} />
      <div className={styles.board}>
        <div className={styles.column}>
          <MoneyPanel overview={data} />
          <BookPanel overview={data} />
        </div>
        <div className={styles.column}>
          <WaitingPanel overview={data} />
          {may('events.list') && <LastEventsPanel />}
          {may('seal.checkpoints') && <SealPanel />}
        </div>
      </div>
    </PageFrame>
  )
}
