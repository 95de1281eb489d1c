import { useQuery } from '@tanstack/react-query'
import { useId, useState, type KeyboardEvent } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import { useOptions } from '#components/use-options.ts'
import { api, type Page } from '#services/http.ts'
import { phoneText } from '#services/names.ts'
import { personQuery } from '#services/people.ts'
import type { Person } from '#services/session.ts'
import fieldStyles from '#components/field.module.css'
import styles from '#components/person-field.module.css'

type Props = FieldFrame & { readonly value: string; readonly onChange: (person: string) => void; readonly autoFocus?: boolean }

const SHOWN = 6
const TYPE_AT_LEAST = 2

const useFound = (typed: string): { readonly found: readonly Person[]; readonly answered: boolean } => {
  const asks = typed.length >= TYPE_AT_LEAST
  const { data } = useQuery({
    queryKey: ['people', 'field', typed],
    queryFn: ({ signal }) => api<Page<Person>>('/api/v1/people', { query: { q: typed, limit: SHOWN }, signal }),
    enabled: asks,
  })
  return { found: asks ? (data?.items ?? []) : [], answered: asks && data !== undefined }
}

type ListProps = {
  readonly id: string
  readonly found: readonly Person[]
  readonly here: number
  readonly setAt: (at: number) => void
  readonly take: (person: Person) => void
  readonly hear: (event: KeyboardEvent) => void
}

const FoundList = ({ id, found, here, setAt, take, hear }: ListProps) => (
  <div id={`${id}-list`} role="listbox" aria-label="People found" className={styles.list} hidden={found.length === 0}>
    {found.map((person, index) => (
      <div
        key={person.id}
        id={`${id}-${index}`}
        role="option"
        tabIndex={-1}
        aria-selected={index === here}
        className={styles.option}
        onPointerMove={() => setAt(index)}
        onClick={() => take(person)}
        onKeyDown={hear}
      >
        <span>{person.name}</span>
        <span>{person.phone && phoneText(person.phone)}</span>
      </div>
    ))}
  </div>
)

/** A person, found by typing a name or phone. */
export const PersonField = (props: Props) => {
  const id = useId()
  const [typed, setTyped] = useState<string>()
  const { data: chosen } = useQuery({ ...personQuery(props.value), enabled: props.value !== '' })
  const { found, answered } = useFound(typed?.trim() ?? '')
  const take = (person: Person) => {
    props.onChange(person.id)
    setTyped(undefined)
  }
  const { here, setAt, hear } = useOptions(found, take)
  const [left, setLeft] = useState(false)
  const open = found.length > 0 && !left
  const nobody = answered && found.length === 0 && !left
  const unchosen = left && typed !== undefined && typed.trim() !== '' && props.value === ''
  const frame = unchosen ? { ...props, error: 'Choose one of the people found.' } : props
  return (
    <Field {...frame} id={id}>
      <div
        className={styles.place}
        onFocus={() => setLeft(false)}
        onBlur={({ currentTarget, relatedTarget }) => setLeft(!currentTarget.contains(relatedTarget))}
      >
        <div className={fieldStyles.box}>
          <input
            {...described(id, frame)}
            className={fieldStyles.input}
            role="combobox"
            autoFocus={props.autoFocus}
            aria-expanded={open}
            aria-controls={`${id}-list`}
            aria-activedescendant={open ? `${id}-${here}` : undefined}
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
          {chosen && typed === undefined && <span className={fieldStyles.affix}>{chosen.phone && phoneText(chosen.phone)}</span>}
        </div>
        <p role="status" className={styles.nobody}>
          {nobody && 'Nobody is found by this. A name, a phone or an e-mail is looked for from its beginning.'}
        </p>
        <FoundList id={id} found={open ? found : []} here={here} setAt={setAt} take={take} hear={hear} />
      </div>
    </Field>
  )
}
