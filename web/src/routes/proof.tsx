import { Button } from '@mantine/core'
import { IconAlertOctagon, IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { AcceptedLogs } from '#components/accepted-logs.tsx'
import { CheckAll } from '#components/check-all.tsx'
import { Empty } from '#components/empty.tsx'
import { transferWord } from '#components/entry-card.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ShortId } from '#components/short-id.tsx'
import { TextField } from '#components/text-field.tsx'
import { useRows } from '#components/use-rows.ts'
import { Verdict } from '#components/verdict.tsx'
import { transfersQuery, type Transfer } from '#services/ledger.ts'
import { checkpointsQuery, type Checkpoint } from '#services/seal.ts'
import { counted } from '#services/counted.ts'
import { useFault } from '#services/seal-fault.ts'
import { useMay } from '#services/session.ts'
import { instantText, whenText } from '#services/when.ts'
import styles from '#routes/proof.module.css'

const NEWEST = 12
const cut = (hash: string) => `${hash.slice(0, 10)}…${hash.slice(-6)}`

const columns: readonly Column<Checkpoint>[] = [
  { id: 'time', head: 'Signed, IST', place: 'start', cell: (point) => whenText(point.time) },
  { id: 'size', head: 'Records', align: 'right', strong: true, place: 'end', cell: (point) => point.size.toLocaleString('en-IN') },
  { id: 'root', head: 'Root', place: 'line', cell: (point) => <code title={point.root}>{cut(point.root)}</code> },
]
const entryColumns: readonly Column<Transfer>[] = [
  { id: 'what', head: 'Entry', strong: true, place: 'start', cell: transferWord },
  { id: 'id', head: 'Id', place: 'line', cell: (transfer) => <ShortId id={transfer.id} /> },
  { id: 'when', head: 'When, IST', quiet: true, wide: 'most', cell: (transfer) => instantText(transfer.at) },
  {
    id: 'verify',
    head: <span className="visually-hidden">Proof</span>,
    align: 'right',
    place: 'end',
    cell: (transfer) => <Link to={`/proof/${transfer.id}`}>Verify</Link>,
  },
]

const FindEntry = () => {
  const navigate = useNavigate()
  const [id, setId] = useState('')
  return (
    <form
      className={styles.find}
      onSubmit={(event) => {
        event.preventDefault()
        if (id.trim()) void navigate({ to: `/proof/${encodeURIComponent(id.trim())}` })
      }}
    >
      <TextField label="Receipt or entry id" mono value={id} onChange={setId} hint="As it stands on a receipt." />
      <Button type="submit" variant="filled" disabled={id.trim() === ''}>
        Verify in this browser
      </Button>
    </form>
  )
}

/** May I rely on this record: the signed checkpoints, and any entry checked here. */
export const ProofPage = () => {
  const may = useMay()
  const fault = useFault()
  const { rows: points, error, hasMore, more } = useRows(useInfiniteQuery(checkpointsQuery))
  const { data: transfers } = useInfiniteQuery({ ...transfersQuery({}), enabled: may('ledger.transfers') })
  if (!points) return <PageWait title="Proof" error={error} />
  const [newest] = points
  return (
    <PageFrame title="Proof" note="one log over entries, events and audit; each root signed">
      {newest ? (
        <Verdict
          sound={fault === undefined}
          icon={fault ? IconAlertOctagon : IconShieldCheck}
          title={fault ?? `${counted(newest.size, 'record stands', 'records stand')} under a root signed ${whenText(newest.time)} IST`}
        >
          {fault
            ? 'Found by a check in this browser. Do not correct the row: it is evidence.'
            : 'Take the server’s word for nothing: check any entry below, and it is computed here from its own text up to the signed root.'}
        </Verdict>
      ) : (
        <Empty title="Nothing is sealed yet">The first records are sealed within a second of being written.</Empty>
      )}
      <AcceptedLogs />
      {newest && may('ledger.transfers') && (
        <Panel title="Check every entry" note="of the whole ledger, newest first, each recomputed here">
          <CheckAll scope={{}} word="Check every entry">
            <p>
              Each entry from its own text to the signed root, and every account’s chain and balance. It goes on while you are elsewhere.
            </p>
          </CheckAll>
        </Panel>
      )}
      <div className={styles.two}>
        <Panel title="Check an entry">
          <FindEntry />
          {transfers && transfers.pages[0] && (
            <PlainTable
              caption="Newest entries"
              columns={entryColumns}
              rows={transfers.pages[0].items.slice(0, NEWEST)}
              keyOf={(transfer) => transfer.id}
              dense
              stack
            />
          )}
        </Panel>
        <Panel title="Checkpoints" note="newest first, by the server’s own clock" flush>
          <PlainTable caption="Checkpoints" columns={columns} rows={points} keyOf={(point) => point.size} dense stack />
          {hasMore && (
            <div className={styles.more}>
              <Button size="sm" onClick={more}>
                Show older
              </Button>
            </div>
          )}
        </Panel>
      </div>
    </PageFrame>
  )
}
