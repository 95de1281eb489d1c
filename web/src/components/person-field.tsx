import { useQuery } from '@tanstack/react-query'
import { useId, useState, type KeyboardEvent } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import { api, type Page } from '#services/http.ts'
import { personQuery } from '#services/people.ts'
import type { Person } from '#services/session.ts'
import fieldStyles from '#components/field.module.css'
import styles from '#components/person-field.module.css'

type Props = FieldFrame & { readonly value: string; readonly onChange: (person: string) => void }

const SHOWN = 6
const TYPE_AT_LEAST = 2

/** A person, found by typing a name or phone. */
export const PersonField = (props: Props) => {
  const id = useId()
  const [typed, setTyped] = useState<string>()
  const [at, setAt] = useState(0)
  const { data: chosen } = useQuery({ ...personQuery(props.value), enabled: props.value !== '' })
  const q = typed?.trim() ?? ''
  const asks = q.length >= TYPE_AT_LEAST
  const { data } = useQuery({
    queryKey: ['people', 'field', q],
    queryFn: ({ signal }) => api<Page<Person>>('/api/v1/people', { query: { q, limit: SHOWN }, signal }),
    enabled: asks,
  })
  const found = asks ? (data?.items ?? []) : []
  const take = (person: Person | undefined) => {
    if (!person) return
    props.onChange(person.id)
    setTyped(undefined)
  }
  const hear = (event: KeyboardEvent) => {
    if (found.length === 0) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setAt((at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      take(found[at])
    }
  }
  return (
    <Field {...props} id={id}>
      <div className={styles.place}>
        <div className={fieldStyles.box}>
          <input
            {...described(id, props)}
            className={fieldStyles.input}
            role="combobox"
            aria-expanded={found.length > 0}
            aria-controls={`${id}-list`}
            aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
            autoComplete="off"
            placeholder="Name or phone"
            value={typed ?? chosen?.name ?? ''}
            onChange={(event) => {
              setTyped(event.currentTarget.value)
              setAt(0)
              if (props.value) props.onChange('')
            }}
            onKeyDown={hear}
          />
          {chosen && typed === undefined && <span className={fieldStyles.affix}>{chosen.phone}</span>}
        </div>
        <div id={`${id}-list`} role="listbox" aria-label="People found" className={styles.list} hidden={found.length === 0}>
          {found.map((person, index) => (
            <div
              key={person.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={styles.option}
              onPointerMove={() => setAt(index)}
              onClick={() => take(person)}
              onKeyDown={hear}
            >
              <span>{person.name}</span>
              <span>{person.phone}</span>
            </div>
          ))}
        </div>
      </div>
    </Field>
  )
}
