import { event } from '#kernel/events'
import { z } from 'zod'

export const personRegistered = event(
  'identity.person_registered.v1',
  z.strictObject({ person: z.string(), name: z.string() }),
  'A person became known to the company.',
)
export const personDeactivated = event(
  'identity.person_deactivated.v1',
  z.strictObject({ person: z.string(), reason: z.string() }),
  'A person may no longer sign in.',
)
export const personReactivated = event(
  'identity.person_reactivated.v1',
  z.strictObject({ person: z.string() }),
  'A person may sign in again.',
)
export const rolesChanged = event(
  'identity.roles_changed.v1',
  z.strictObject({ person: z.string(), roles: z.array(z.string()) }),
  'A person may do other things than before.',
)
export const sessionEnded = event(
  'identity.session_ended.v1',
  z.strictObject({ person: z.string(), session: z.string(), why: z.string() }),
  'A session was ended before it expired.',
)
