import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { operation } from '#kernel/operations'
import { z } from 'zod'
import { personRegistered } from './events.ts'
import { byPhone, insertPerson, PersonAnswer, personAnswer } from './person.ts'

/** A name as people write it: letters of any script, no control characters, nothing that turns the direction of writing, no edges of blanks. */
export const PersonName = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^\p{Cc}\p{Cn}\p{Co}<>\u202A-\u202E\u2066-\u2069]+$/u)

const phoneMax = 40

/** Kept as E.164: + and up to 15 digits. Blanks and hyphens fall away; ten digits as India's mobiles have them get its +91. */
export const Phone = z
  .string()
  .max(phoneMax)
  .overwrite((written) => {
    // zod goes on after a length that is wrong, and of a million brackets each would be looked at from each.
    if (written.length > phoneMax) return written
    const digits = written.trim().replaceAll(/(?<=[\d)])[ .()-]+(?=[\d(])/g, '')
    return /^[6-9]\d{9}$/.test(digits) ? `+91${digits}` : digits
  })
  .regex(/^\+[1-9]\d{7,14}$/)
// Income-tax department's form of a permanent account number: five letters, four digits, a letter.
const Pan = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{5}\d{4}[A-Z]$/)

/** Makes a person known. A phone number names one person. */
export const register = operation(
  'identity.register',
  {
    summary: 'Make a person known',
    input: z.strictObject({ name: PersonName, phone: Phone, email: z.email().max(254).optional(), pan: Pan.optional() }),
    answer: PersonAnswer,
    status: 201,
    may: ['admin', 'credit_officer', 'cashier', 'system'],
    locks: ({ phone }) => [`phone:${phone}`],
    secret: ['pan'],
    faults: ['identity.phone_known'],
  },
  async ({ tx }, { name, phone, email = null, pan = null }) => {
    const known = await byPhone(tx, phone)
    if (known) throw new Fault('identity.phone_known', { person: known.id })
    const id = newId('person')
    insertPerson(tx, { id, name, phone, email, pan, created_at: tx.moment.at })
    emit(tx, personRegistered, id, { person: id, name })
    return personAnswer({ id, name, phone, email, pan, login: null, roles: [], state: 'active', created_at: tx.moment.at })
  },
)
