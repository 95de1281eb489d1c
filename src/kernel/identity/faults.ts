import { faults } from '#kernel/faults'
import { lengthMin } from './password.ts'

export const identityFaults = faults('identity', {
  token_invalid: [401, 'The access token is forged, damaged or not ours.', 'Sign in again with POST /api/v1/sessions.'],
  token_expired: [401, 'The access token has expired.', 'Get a new one with POST /api/v1/sessions/refresh.'],
  session_ended: [401, 'The session was ended.', 'Sign in again with POST /api/v1/sessions.'],
  credentials_wrong: [
    401,
    'Login or password is wrong, or the person may not sign in.',
    'Check both; ask an administrator if you forgot the password.',
  ],
  refresh_invalid: [
    401,
    'The refresh token is unknown, expired or was used before.',
    'Sign in again. If you did not use it twice yourself, somebody else has it: the session is ended now.',
  ],
  person_unknown: [404, 'There is no such person.', 'Look the person up under /api/v1/people.'],
  phone_known: [409, 'Somebody with this phone number is known already.', 'Use that person (named in facts), or another number.'],
  login_known: [409, 'The login is taken.', 'Choose another login.'],
  login_given: [409, 'The person has a login already.', 'Change the password or the roles instead.'],
  no_login: [409, 'The person has no login.', 'Give them one first.'],
  deactivated: [409, 'The person is deactivated.', 'Reactivate them first.'],
  last_admin: [409, 'This is the last active administrator.', 'Make somebody else an administrator first.'],
  already_set_up: [
    409,
    'This installation has its first administrator already, or the link was used.',
    'Sign in, or ask an administrator for a login.',
  ],
  password_weak: [
    422,
    'The password is too easy to guess.',
    `Use at least ${lengthMin} characters, not the login, not one of the passwords everybody tries.`,
  ],
  invitation_invalid: [422, 'The link is not valid or has expired.', 'Start again with npm start -- --empty to get a new link.'],
  too_many_failures: [429, 'Too many wrong passwords for this login.', 'Wait as long as Retry-After says.'],
})
