import { useState } from 'react'
import { TextField } from '#components/text-field.tsx'

type Props = {
  readonly label: string
  /** What counts now: a decimal, percent. */
  readonly value: string
  readonly onChange: (value: string) => void
}

const PERCENT = /^\d{1,3}(\.\d{1,6})?$/

/** A percentage that acts while it is typed; what is no percentage stays in the field, and the one before counts until it is left or put right. */
export const PercentField = ({ label, value, onChange }: Props) => {
  const [typed, setTyped] = useState<string>()
  const plain = typed?.trim() ?? ''
  const unread = plain !== '' && !PERCENT.test(plain)
  return (
    <div onBlur={() => unread || setTyped(undefined)}>
      <TextField
        label={label}
        affix="%"
        inputMode="decimal"
        value={typed ?? value}
        onChange={(text) => {
          setTyped(text)
          if (PERCENT.test(text.trim())) onChange(text.trim())
        }}
        error={unread ? `Write a figure such as 1.5. Until then ${value} % counts.` : undefined}
      />
    </div>
  )
}
