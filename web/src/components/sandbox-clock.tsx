import { Button, Popover } from '@mantine/core'
import { IconFlask, IconPlayerSkipForward } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { DateField } from '#components/date-field.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { api } from '#services/http.ts'
import { infoQuery } from '#services/info.ts'
import { useMay } from '#services/session.ts'
import { addDays, addMonths, dayOf, timeText } from '#services/when.ts'
import styles from '#components/sandbox-clock.module.css'

// One second before midnight would leave the day's own schedules undone; five past nine is a working morning in the company's zone.
const MORNING = 'T03:35:00.000Z'

const useTravel = (arrived: () => void) => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (day: string) => api<{ now: string; businessDate: string }>('/api/v1/sandbox/clock', { body: { to: `${day}${MORNING}` } }),
    onSuccess: () => {
      arrived()
      return queries.invalidateQueries()
    },
  })
}

/** The sandbox's clock: forward only; the answer comes when everything due by then has run. */
export const SandboxClock = () => {
  const may = useMay()
  const { data: info } = useQuery(infoQuery)
  const today = info?.businessDate ?? (info?.now ? dayOf(info.now) : undefined)
  const [chosen, setChosen] = useState('')
  const [opened, setOpened] = useState(false)
  const move = useTravel(() => {
    setOpened(false)
    setChosen('')
  })
  // What went wrong the last time is not said of the next.
  const open = (wanted: boolean) => {
    if (wanted && !move.isPending) move.reset()
    setOpened(wanted)
  }
  if (!info?.sandbox || !info.now) return null
  const face = (
    <>
      <IconFlask size={15} stroke={1.75} aria-hidden="true" />
      <span className={styles.word}>Sandbox</span>
      <span className={styles.time}>{timeText(info.now)} IST</span>
    </>
  )
  if (!may('jobs.move_clock') || !today) return <span className={styles.badge}>{face}</span>
  const steps = [
    ['Next day', addDays(today, 1)],
    ['One week', addDays(today, 7)],
    ['One month', addMonths(today, 1)],
  ] as const
  return (
    <Popover width={300} position="bottom-end" shadow="md" radius="md" trapFocus opened={opened} onChange={open}>
      <Popover.Target>
        <button type="button" className={styles.badge} onClick={() => open(!opened)}>
          {face}
          <span className="visually-hidden">: move time forward</span>
          <IconPlayerSkipForward size={15} stroke={1.75} aria-hidden="true" />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.panel}>
          <h2>Move time forward</h2>
          <p>Everything due by then runs first: instalments fall due, offers expire, jobs and reactions finish. Time never goes back.</p>
          <div className={styles.steps}>
            {steps.map(([word, day]) => (
              <Button key={word} size="sm" disabled={move.isPending} onClick={() => move.mutate(day)}>
                {word}
              </Button>
            ))}
          </div>
          <DateField label="To the morning of" value={chosen} onChange={(day) => setChosen(day ?? '')} min={addDays(today, 1)} />
          <Button variant="filled" loading={move.isPending} disabled={!chosen} onClick={() => move.mutate(chosen)}>
            Move to that day
          </Button>
          {move.isPending && <p role="status">Running what is due…</p>}
          {move.isError && <ProblemNote error={move.error} />}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
