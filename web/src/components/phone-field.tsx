import { useState } from 'react'
import type { FieldFrame } from '#components/field.tsx'
import { TextField } from '#components/text-field.tsx'

type Props = Pick<FieldFrame, 'error'> & { readonly autoComplete?: string; readonly onChange: (phone: string) => void }

/** A phone, written with the blanks, dashes and brackets that people write; told without them. What was typed stays as it was typed. */
export const PhoneField = ({ onChange, ...rest }: Props) => {
  const [typed, setTyped] = useState('')
  return (
    <TextField
      {...rest}
      label="Phone"
      type="tel"
      inputMode="tel"
      value={typed}
      onChange={(text) => {
        setTyped(text)
        onChange(text.replaceAll(/[\s().-]/g, ''))
      }}
      hint="With country code: +91 98765 43210."
    />
  )
}
