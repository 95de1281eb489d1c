import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type KeyboardEvent, type Ref } from 'react'
import { Keycap } from '#components/keycap.tsx'
import { useChoices, type Choice } from '#components/palette-sources.ts'
import { StateBadge } from '#components/state-badge.tsx'
import { useOptions } from '#components/use-options.ts'
import { takeEarly, type SearchFor } from '#services/searching.ts'
import styles from '#components/palette.module.css'

const TYPING_MS = 120

const Marked = ({ word, text }: { readonly word: string; readonly text: string }) => {
  const at = text ? word.toLowerCase().indexOf(text.toLowerCase()) : -1
  if (at < 0) return <span className={styles.word}>{word}</span>
  return (
    <span className={styles.word}>
      {word.slice(0, at)}
      <mark>{word.slice(at, at + text.length)}</mark>
      {word.slice(at + text.length)}
    </span>
  )
}

const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

type OptionProps = {
  readonly choice: Choice
  readonly index: number
  readonly here: boolean
  readonly text: string
  readonly onGo: (choice: Choice, newTab: boolean) => void
  readonly onHear: (event: KeyboardEvent) => void
  readonly onPoint: () => void
}

const Option = ({ choice, index, here, text, onGo, onHear, onPoint }: OptionProps) => (
  <div
    id={`choice-${index}`}
    role="option"
    tabIndex={-1}
    aria-selected={here}
    className={styles.option}
    onClick={(event) => onGo(choice, event.ctrlKey || event.metaKey)}
    onKeyDown={onHear}
    onPointerMove={onPoint}
  >
    <choice.icon size={17} stroke={1.6} aria-hidden="true" />
    <Marked word={choice.word} text={text} />
    {choice.note && <span className={styles.note}>{choice.note}</span>}
    <span className={styles.right}>
      {choice.state ? <StateBadge state={choice.state} word={choice.right ?? choice.state} /> : choice.right}
    </span>
  </div>
)

type ListProps = Pick<OptionProps, 'text' | 'onGo' | 'onHear'> & {
  readonly choices: readonly Choice[]
  readonly here: number
  readonly setAt: (at: number) => void
  readonly place: Ref<HTMLDivElement>
}

const ChoiceList = ({ choices, here, setAt, place, ...rest }: ListProps) => (
  <div className={styles.list} id="palette-list" role="listbox" aria-label="Matches" ref={place}>
    {choices.map((choice, index) => (
      <div key={choice.id} role="presentation">
        {choice.group !== choices[index - 1]?.group && (
          <div className={styles.group} role="presentation">
            {choice.group}
          </div>
        )}
        <Option choice={choice} index={index} here={index === here} onPoint={() => setAt(index)} {...rest} />
      </div>
    ))}
  </div>
)

const KeyFoot = ({ last }: { readonly last: string }) => (
  <div className={styles.foot} aria-hidden="true">
    <span>
      <Keycap>↑</Keycap> <Keycap>↓</Keycap> choose
    </span>
    <span>
      <Keycap>↵</Keycap> open
    </span>
    <span>
      <Keycap>Ctrl</Keycap> <Keycap>↵</Keycap> new tab
    </span>
    <span>{last}</span>
  </div>
)

const WORDS = {
  all: {
    label: 'Search a loan, person, phone, receipt, page or move',
    hint: 'Loan, person, phone, receipt or move',
    foot: 'Type > for pages and moves, # for receipts',
  },
  repayment: { label: 'Take a repayment: who pays', hint: 'Who pays? Name, phone or loan', foot: 'Active loans only' },
} as const

/** Enter that came before the answer to what was typed is kept until it is there: it opens what was meant, and nobody types slower for it. */
const useEnter = (text: string, settled: boolean, go: (newTab: boolean) => void) => {
  const [kept, setKept] = useState<{ readonly text: string; readonly newTab: boolean }>()
  useEffect(() => {
    if (!kept || !settled) return
    setKept(undefined)
    if (kept.text === text) go(kept.newTab)
  }, [kept, settled, text, go])
  return setKept
}

const Nothing = ({ busy, text }: { readonly busy: boolean; readonly text: string }) => (
  <p className={styles.none} role="status">
    {busy ? 'Looking…' : text ? `Nothing matches “${text}”.` : 'There is nothing to choose yet.'}
  </p>
)

const useGo = (onClose: () => void) => {
  const navigate = useNavigate()
  return (choice: Choice, newTab: boolean) => {
    if (newTab) window.open(choice.to, '_blank')
    else {
      choice.also?.()
      void navigate({ to: choice.to })
    }
    onClose()
  }
}

export const PaletteResults = ({ what, onClose }: { readonly what: SearchFor; readonly onClose: () => void }) => {
  const [text, setText] = useState('')
  const settled = useSettled(text)
  const { choices, busy } = useChoices(settled, what)
  const place = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const go = useGo(onClose)
  const { here, setAt, hear } = useOptions(choices, go)
  const answered = text === settled && !busy
  const keep = useEnter(text, answered, (newTab) => choices[here] && go(choices[here], newTab))
  // It comes after the dialog has looked for what to focus.
  useEffect(() => {
    field.current?.focus()
    const typed = takeEarly()
    if (typed.text) setText(typed.text)
    if (typed.enter) keep({ text: typed.text, newTab: false })
  }, [keep])
  useEffect(() => {
    // In braces: newer browsers answer a promise, which React would take for a clean-up.
    place.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [here, choices])
  return (
    <div>
      <div className={styles.line}>
        <IconSearch size={18} stroke={1.9} aria-hidden="true" />
        <input
          className={styles.input}
          ref={field}
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices[here] ? `choice-${here}` : undefined}
          aria-label={WORDS[what].label}
          placeholder={WORDS[what].hint}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          // What stands there is not yet what was typed: Enter would open the wrong thing.
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || answered) return hear(event)
            event.preventDefault()
            keep({ text, newTab: event.ctrlKey || event.metaKey })
          }}
        />
        <Keycap>Esc</Keycap>
      </div>
      <ChoiceList choices={choices} here={here} setAt={setAt} place={place} text={settled} onGo={go} onHear={hear} />
      {choices.length === 0 && <Nothing busy={busy} text={text} />}
      <KeyFoot last={WORDS[what].foot} />
    </div>
  )
}
