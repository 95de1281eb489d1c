import type { Schema } from '#services/schema.ts'
import type { Values } from '#services/validate.ts'

// A form is flat; an operation's input may have parts within parts. Their fields are named as a refusal points at them: `principal/min`.

/** The schema with the fields of its parts beside its own. */
export const flatSchema = (schema: Schema): Schema => {
  const properties: Record<string, Schema> = {}
  const required: string[] = []
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const parts = flatSchema(field)
    if (field.properties === undefined) properties[name] = field
    else for (const [part, inner] of Object.entries(parts.properties ?? {})) properties[`${name}/${part}`] = inner
    if (field.properties === undefined ? schema.required?.includes(name) : true)
      required.push(...(field.properties === undefined ? [name] : (parts.required ?? []).map((part) => `${name}/${part}`)))
  }
  return { ...schema, properties, required }
}

/** Flat values as the operation takes them. */
export const nested = (values: Values): Values => {
  const whole: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const [head = '', ...rest] = name.split('/')
    if (rest.length === 0) whole[head] = value
    else whole[head] = { ...(whole[head] as Values | undefined), [rest.join('/')]: value }
  }
  return whole
}
