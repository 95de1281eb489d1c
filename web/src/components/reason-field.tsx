import type { FieldError } from '#components/field.tsx'
import { TextField } from '#components/text-field.tsx'

type Props = { readonly value: string; readonly onChange: (reason: string) => void; readonly error: FieldError }

/** Why somebody did what cannot be seen from the figures. */
export const ReasonField = (props: Props) => <TextField {...props} label="Reason" lines autoFocus hint="Kept for ever, read by auditors." />
