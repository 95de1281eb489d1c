import type { FieldFrame } from '#components/field.tsx'
import { TextField } from '#components/text-field.tsx'

type Props = FieldFrame & { readonly count: number | undefined; readonly onChange: (count: number | undefined) => void }

const COUNT = /^\d{1,4}$/

/** A whole number of things; a key that is no figure changes nothing. */
export const CountField = ({ count, onChange, ...frame }: Props) => (
  <TextField
    {...frame}
    inputMode="numeric"
    value={count === undefined ? '' : String(count)}
    onChange={(text) => {
      const plain = text.trim()
      if (plain === '' || COUNT.test(plain)) onChange(plain === '' ? undefined : Number(plain))
    }}
  />
)
