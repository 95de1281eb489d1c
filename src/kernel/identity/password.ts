import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Fault } from '#kernel/faults'

const argon = promisify(argon2)

/** Hashes at once: half of the threads that files and compression want too, so that nobody's page waits for a thousand sign-ins. */
const atOnce = 2
/** Hashes that wait, a second or two of them; more are told to come again. */
const waitingMax = 64
const waiting: (() => void)[] = []
let running = 0

async function derive(...given: Parameters<typeof argon>): Promise<Buffer> {
  if (running < atOnce) running += 1
  else {
    if (waiting.length >= waitingMax) throw new Fault('operations.overloaded')
    // Whoever ends hands its place on.
    await new Promise<void>((go) => waiting.push(go))
  }
  try {
    return await argon(...given)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane.
const memoryKiB = 19_456
const passes = 2
const parallelism = 1
const tagLength = 32

/** A password as it is kept: $argon2id$v=19$m=…,t=…,p=…$salt$tag, so that later figures can be stronger and old ones still verify. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive('argon2id', { message: password, nonce, parallelism, tagLength, memory: memoryKiB, passes })
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${nonce.toString('base64url')}$${tag.toString('base64url')}`
}

let decoy: Promise<string> | undefined

/** Whether the password is the kept one, compared in constant time. Without one (unknown login) it takes as long and is false. */
export async function verifyPassword(password: string, kept: string | null): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(kept ?? (await decoy))
  if (!match) throw new Error('a kept password is not in the form of argon2id')
  const [, memory, times, lanes, salt = '', tag = ''] = match
  const expected = Buffer.from(tag, 'base64url')
  const found = await derive('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64url'),
    parallelism: Number(lanes),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(times),
  })
  return timingSafeEqual(found, expected) && kept !== null
}

// The ones that head every published list of leaked passwords and are long enough to pass the length rule.
const everybodys = new Set([
  '1234567890',
  '12345678910',
  'password12',
  'password123',
  'password1234',
  'qwertyuiop',
  'qwerty12345',
  'iloveyou123',
  'welcome123',
  'administrator',
  'changeme123',
  'letmein123',
])
/** Of a password that is given or changed; whoever signs in may have an older one. */
export const lengthMin = 10

/** Refuses a password that is easy to guess. */
export function judgePassword(password: string, login: string): void {
  const lower = password.toLowerCase()
  const monotone = new Set(password).size < 4
  if (password.length < lengthMin || monotone || everybodys.has(lower) || lower.includes(login.toLowerCase())) {
    throw new Fault('identity.password_weak', { lengthMin })
  }
}
