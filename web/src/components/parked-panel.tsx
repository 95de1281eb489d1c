import { Button } from '@mantine/core'
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyLink } from '#components/key-link.tsx'
import { MonoName } from '#components/mono-name.tsx'
import { Panel } from '#components/panel.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { counted } from '#services/counted.ts'
import type { DeadLetter } from '#services/events.ts'
import { api, at } from '#services/http.ts'
import { useMay } from '#services/session.ts'
import { instantText } from '#services/when.ts'
import styles from '#components/parked-panel.module.css'

const columnsFor = (replay: ((letter: DeadLetter) => void) | undefined, busy: boolean): readonly Column<DeadLetter>[] => [
  { id: 'group', head: 'Reaction of', strong: true, place: 'start', cell: (letter) => letter.consumer },
  {
    id: 'key',
    head: 'Key',
    cell: (letter) => <KeyLink id={letter.key} />,
  },
  {
    id: 'event',
    head: 'Stopped at',
    wide: true,
    cell: (letter) => <MonoName>{letter.type}</MonoName>,
  },
  {
    id: 'fault',
    head: 'Why',
    place: 'line',
    cell: (letter) => (
      <span className={styles.bad} title={letter.error ?? undefined}>
        {letter.fault === null ? letter.error : <MonoName>{letter.fault}</MonoName>}
      </span>
    ),
  },
  { id: 'tries', head: 'Tries', align: 'right', wide: true, cell: (letter) => letter.tries },
  { id: 'count', head: 'Waiting', align: 'right', cell: (letter) => letter.behind },
  { id: 'since', head: 'Since, IST', align: 'right', quiet: true, wide: true, cell: (letter) => instantText(letter.parkedAt) },
  {
    id: 'replay',
    head: <span className="visually-hidden">Moves</span>,
    align: 'right',
    place: 'end',
    cell: (letter) =>
      replay && (
        <Button
          size="sm"
          disabled={busy || letter.state === 'retrying'}
          leftSection={<IconRefresh size={14} stroke={1.75} />}
          onClick={() => replay(letter)}
          aria-label={`${letter.state === 'retrying' ? 'Trying' : 'Replay'} ${letter.consumer}, key ${letter.key}`}
        >
          {letter.state === 'retrying' ? 'Trying' : 'Replay'}
        </Button>
      ),
  },
]

/** The keys that stand still, why, and their replay in order. */
export const ParkedPanel = ({ letters }: { readonly letters: readonly DeadLetter[] }) => {
  const may = useMay()
  const queries = useQueryClient()
  const replay = useMutation({
    mutationFn: (letter: DeadLetter) =>
      api<unknown>(at`/api/v1/dead-letters/${letter.id}/replay`, { method: 'POST', body: {}, key: crypto.randomUUID() }),
    onSettled: () => queries.invalidateQueries(),
  })
  const waiting = letters.reduce((sum, letter) => sum + letter.behind, 0)
  const allowed = may('events.replay')
  return (
    <Panel
      tone="bad"
      flush
      title={
        <span className={styles.title}>
          <IconAlertCircle size={17} stroke={1.75} aria-hidden="true" />
          {counted(letters.length, 'key is parked', 'keys are parked')}, {counted(waiting, 'event waits behind', 'events wait behind')}
        </span>
      }
      note="Other keys go on. Each key keeps its order."
    >
      <PlainTable
        caption="Parked keys"
        columns={columnsFor(allowed ? replay.mutate : undefined, replay.isPending)}
        rows={letters}
        keyOf={(letter) => letter.id}
        dense
        stack
      />
      {replay.isError && (
        <div className={styles.note}>
          <ProblemNote error={replay.error} />
        </div>
      )}
    </Panel>
  )
}
