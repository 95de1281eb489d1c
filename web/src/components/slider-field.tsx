import { Slider } from '@mantine/core'
import { useId, useState } from 'react'
import styles from '#components/slider-field.module.css'

type Props = {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  readonly onChange: (value: number) => void
  /** How the value is written in its box, and how what is typed there is read. */
  readonly show: (value: number) => string
  readonly read: (text: string) => number | undefined
  readonly ends: (value: number) => string
}

/** A figure with a slider under it: drag, use the arrows, or type. */
export const SliderField = ({ label, value, min, max, step, onChange, show, read, ends }: Props) => {
  const id = useId()
  const [typed, setTyped] = useState<string>()
  const unread = typed !== undefined && typed.trim() !== '' && read(typed) === undefined
  return (
    <div className={styles.field}>
      <div className={styles.head}>
        <label htmlFor={id}>{label}</label>
        <input
          id={id}
          className={styles.box}
          inputMode="decimal"
          autoComplete="off"
          aria-invalid={unread || undefined}
          aria-describedby={unread ? `${id}-error` : undefined}
          value={typed ?? show(value)}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            const found = read(event.currentTarget.value)
            if (found !== undefined) onChange(found)
          }}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => setTyped(undefined)}
        />
      </div>
      {unread && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          This cannot be read. Until then {show(value)} counts.
        </p>
      )}
      <Slider
        value={Math.min(max, Math.max(min, value))}
        min={min}
        max={max}
        step={step}
        onChange={onChange}
        label={null}
        thumbLabel={`${label} slider`}
        thumbValueText={show}
        classNames={{ root: styles.slider ?? '', track: styles.track ?? '', bar: styles.bar ?? '', thumb: styles.thumb ?? '' }}
      />
      <div className={styles.ends} aria-hidden="true">
        <span>{ends(min)}</span>
        <span>{ends(max)}</span>
      </div>
    </div>
  )
}
