import { Menu } from '@mantine/core'
import { IconPlus, IconSearch, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { openerOf } from '#components/data-row.tsx'
import { isNowhere } from '#services/focus.ts'
import { useKeys } from '#services/keys.ts'
import { useUrl } from '#services/url.ts'
import styles from '#components/filter-chips.module.css'

export type FilterField = {
  readonly name: string
  readonly word: string
  readonly options: readonly (readonly [value: string, word: string])[]
  /** What stands before the word of an option: its sign, as elsewhere. */
  readonly sign?: (value: string) => ReactNode
}
type Props = { readonly fields: readonly FilterField[]; readonly search?: string }

const TYPING_MS = 250
const RETURNED_MS = 100

/** From the search into what it found: the first row, which Enter opens. */
const toFirstRow = (): boolean => {
  const opener = openerOf(document.querySelector('main [data-index="0"]'))
  opener?.focus()
  return opener !== undefined && opener !== null
}

const SearchBox = ({ placeholder }: { readonly placeholder: string }) => {
  const [url, set] = useUrl()
  const inUrl = url['q'] ?? ''
  const [typed, setTyped] = useState(inUrl)
  const [seen, setSeen] = useState(inUrl)
  // The address changed: by what was typed here, or by a link, which counts more.
  if (seen !== inUrl) {
    setSeen(inUrl)
    if (!typed.startsWith(inUrl) || inUrl === '') setTyped(inUrl)
  }
  useEffect(() => {
    if (typed === inUrl) return undefined
    const timer = setTimeout(() => set({ q: typed }), TYPING_MS)
    return () => clearTimeout(timer)
  })
  return (
    <label className={styles.search}>
      <IconSearch size={15} stroke={1.75} aria-hidden="true" />
      <span className="visually-hidden">{placeholder}</span>
      <input
        data-page-search
        type="search"
        placeholder={placeholder}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          const down = event.key === 'ArrowDown' || (event.key === 'Enter' && typed === inUrl)
          if (down && toFirstRow()) event.preventDefault()
          else if (event.key === 'Enter') set({ q: typed })
        }}
      />
    </label>
  )
}

type ChipProps = { readonly field: FilterField; readonly value: string; readonly onRemove: () => void }

const Chip = ({ field, value, onRemove }: ChipProps) => {
  const [, set] = useUrl()
  const word = field.options.find(([option]) => option === value)?.[1] ?? value
  return (
    <span className={styles.chip} data-field={field.name}>
      <span>{field.word}</span>
      <span>is</span>
      <Menu position="bottom-start">
        <Menu.Target>
          <button type="button" className={styles.value} aria-label={`${field.word} is ${word}: change`}>
            {word}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {field.options.map(([option, optionWord]) => (
            <Menu.Item key={option} leftSection={field.sign?.(option)} onClick={() => set({ [field.name]: option })}>
              {optionWord}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <button
        type="button"
        aria-label={`Remove the filter ${field.word} is ${word}`}
        onClick={() => {
          onRemove()
          set({ [field.name]: undefined })
        }}
      >
        <IconX size={14} stroke={1.75} />
      </button>
    </span>
  )
}

/**
 * A chip that goes takes the focus along, and the last filter to be added its button: then the focus goes to what is left of the row. Only after
 * somebody did something here: what comes by itself takes no focus.
 */
const useKeptFocus = (row: RefObject<HTMLElement | null>, shown: string) => {
  const acted = useRef(false)
  useEffect(() => {
    if (!acted.current) return undefined
    acted.current = false
    // A menu that closes gives the focus back by itself, if it can.
    const timer = setTimeout(
      () => isNowhere() && row.current?.querySelector<HTMLElement>('[data-field] button, [data-add]')?.focus(),
      RETURNED_MS,
    )
    return () => clearTimeout(timer)
  }, [row, shown])
  return () => {
    acted.current = true
  }
}

/** Search and filters of a list, as chips that stand in the address: field, relation, value, away with it. */
export const FilterChips = ({ fields, search }: Props) => {
  const [url, set] = useUrl()
  const [opened, setOpened] = useState(false)
  const row = useRef<HTMLDivElement>(null)
  const act = useKeptFocus(row, fields.map(({ name }) => url[name] ?? '').join(','))
  const unset = fields.filter((field) => url[field.name] === undefined)
  useKeys({ f: ['Add a filter', unset.length > 0 ? () => setOpened(true) : undefined] })
  return (
    <div className={styles.row} ref={row}>
      {search && <SearchBox placeholder={search} />}
      {fields.map((field) => {
        const value = url[field.name]
        return value === undefined ? null : <Chip key={field.name} field={field} value={value} onRemove={act} />
      })}
      {unset.length > 0 && (
        <Menu position="bottom-start" opened={opened} onChange={setOpened}>
          <Menu.Target>
            <button type="button" className={styles.add} data-add>
              <IconPlus size={14} stroke={1.75} aria-hidden="true" /> Filter
            </button>
          </Menu.Target>
          <Menu.Dropdown className={styles.dropdown ?? ''}>
            {unset.map((field) => (
              <div key={field.name}>
                <Menu.Label>{field.word} is</Menu.Label>
                {field.options.map(([value, word]) => (
                  <Menu.Item
                    key={value}
                    leftSection={field.sign?.(value)}
                    onClick={() => {
                      act()
                      set({ [field.name]: value })
                    }}
                  >
                    {word}
                  </Menu.Item>
                ))}
              </div>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  )
}
