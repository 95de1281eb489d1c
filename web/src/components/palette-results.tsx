import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Keycap } from '#components/keycap.tsx'
import { useChoices, type Choice } from '#components/palette-sources.ts'
import { StateBadge } from '#components/state-badge.tsx'
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

export const PaletteResults = ({ onClose }: { readonly onClose: () => void }) => {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const settled = useSettled(text)
  const { choices, busy } = useChoices(settled)
  const list = useRef<HTMLDivElement>(null)
  const here = Math.min(at, choices.length - 1)
  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }), [here, choices])

  const go = (choice: Choice | undefined, newTab: boolean) => {
    if (!choice) return
    if (newTab) window.open(choice.to, '_blank')
    else void navigate({ to: choice.to })
    onClose()
  }
  const hear = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setAt((here + (event.key === 'ArrowDown' ? 1 : choices.length - 1)) % Math.max(1, choices.length))
    }
    if (event.key === 'Enter') go(choices[here], event.ctrlKey || event.metaKey)
  }
  return (
    <div>
      <div className={styles.line}>
        <IconSearch size={18} stroke={1.9} aria-hidden="true" />
        <input
          className={styles.input}
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices[here] ? `choice-${here}` : undefined}
          aria-label="Search a loan, person, phone, receipt, page or move"
          placeholder="Search a loan, person, phone, receipt or move"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={hear}
        />
        <Keycap>Esc</Keycap>
      </div>
      <div className={styles.list} id="palette-list" role="listbox" aria-label="Matches" ref={list}>
        {choices.map((choice, index) => (
          <div key={choice.id} role="presentation">
            {choice.group !== choices[index - 1]?.group && (
              <div className={styles.group} role="presentation">
                {choice.group}
              </div>
            )}
            <div
              id={`choice-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === here}
              className={styles.option}
              onClick={(event) => go(choice, event.ctrlKey || event.metaKey)}
              onKeyDown={hear}
              onPointerMove={() => setAt(index)}
            >
              <choice.icon size={17} stroke={1.6} aria-hidden="true" />
              <Marked word={choice.word} text={settled} />
              {choice.note && <span className={styles.note}>{choice.note}</span>}
              <span className={styles.right}>
                {choice.state ? <StateBadge state={choice.state} word={choice.right ?? choice.state} /> : choice.right}
              </span>
            </div>
          </div>
        ))}
      </div>
      {choices.length === 0 && (
        <p className={styles.none} role="status">
          {busy ? 'Looking…' : `Nothing matches “${text}”.`}
        </p>
      )}
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
        <span>Type &gt; for pages and moves, # for receipts</span>
      </div>
    </div>
  )
}
