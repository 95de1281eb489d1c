import { Modal } from '@mantine/core'
import { MonoName } from '#components/mono-name.tsx'
import { PersonName } from '#components/person-name.tsx'
import { ShortId } from '#components/short-id.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import type { AuditRow } from '#services/events.ts'
import { instantText } from '#services/when.ts'
import styles from '#components/pairs.module.css'

/** One audit record in full; secrets were taken out before it was written. */
export const AuditDetail = ({ row, onClose }: { readonly row: AuditRow | undefined; readonly onClose: () => void }) => (
  <Modal opened={row !== undefined} onClose={onClose} title={row?.operation ?? ''} size={560} closeButtonProps={{ 'aria-label': 'Close' }}>
    {row && (
      <div className={styles.stack}>
        <dl className={styles.pairs}>
          <dt>Outcome</dt>
          <dd>
            <StateBadge state={row.outcome} /> {row.fault && <MonoName>{row.fault}</MonoName>}
          </dd>
          <dt>Who</dt>
          <dd>
            <PersonName id={row.person} />
            {row.behalf && (
              <>
                , on behalf of <PersonName id={row.behalf} />
              </>
            )}
          </dd>
          <dt>When</dt>
          <dd>{instantText(row.at)} IST</dd>
          <dt>From</dt>
          <dd>{row.address ?? '–'}</dd>
          <dt>Request</dt>
          <dd>
            <ShortId id={row.requestId} copy />
          </dd>
        </dl>
        <h2>Arguments, amounts in paise</h2>
        <pre className={styles.code}>{JSON.stringify(row.arguments, null, 2)}</pre>
      </div>
    )}
  </Modal>
)
