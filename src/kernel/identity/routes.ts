import { type Route, route } from '#kernel/http'
import type { Principal } from '#kernel/operations'
import { changeRoles, deactivate, giveLogin, reactivate } from './access.ts'
import { register } from './register.ts'
import { setUp } from './set-up.ts'
import { changePassword, sessionOperations, type SessionParts, signOut } from './sign-in.ts'
import { currentSession, people, person } from './views.ts'

/** Identity's addresses; `permissionsOf` names what a principal may ask for among all routes. */
export function identityRoutes({
  permissionsOf,
  ...given
}: SessionParts & { readonly permissionsOf: (principal: Principal) => readonly string[] }): readonly Route[] {
  const { signIn, refresh } = sessionOperations(given)
  return [
    route('POST /api/v1/sessions', signIn),
    route('POST /api/v1/sessions/refresh', refresh),
    route('GET /api/v1/sessions/current', currentSession(permissionsOf)),
    route('DELETE /api/v1/sessions/current', signOut),
    route('POST /api/v1/set-up', setUp),
    route('POST /api/v1/people', register),
    route('GET /api/v1/people', people),
    route('GET /api/v1/people/:person', person),
    route('POST /api/v1/people/:person/login', giveLogin),
    route('PUT /api/v1/people/:person/roles', changeRoles),
    route('PUT /api/v1/people/:person/password', changePassword),
    route('POST /api/v1/people/:person/deactivation', deactivate),
    route('POST /api/v1/people/:person/reactivation', reactivate),
  ]
}
