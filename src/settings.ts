import { isIP, isIPv4 } from 'node:net'
import path from 'node:path'
import { CannotStart } from '#kernel/db'
import { z } from 'zod'

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1')

const addressBits = { 4: 32, 6: 128 } as const
const namedNetworks = new Set(['loopback', 'linklocal', 'uniquelocal'])

/** An address, a network (10.0.0.0/8, or with a mask), or a word for those that are nobody's else. */
function isNetwork(text: string): boolean {
  const [address = '', range, ...rest] = text.split('/')
  const kind = isIP(address)
  if (kind === 0 || rest.length > 0) return namedNetworks.has(text)
  if (range === undefined) return true
  if (kind === 4 && isIPv4(range)) return true
  return /^[1-9]\d{0,2}$/.test(range) && Number(range) <= addressBits[kind === 4 ? 4 : 6]
}

const Networks = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  )
  .refine((all) => all.every(isNetwork), { error: 'addresses or networks, comma separated: 10.0.0.5, 10.0.0.0/8' })

/** What else an address may hold would not be sent. */
function isPlain(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && [url.username, url.password, url.search, url.hash].every((part) => part === '')
}

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  DATABASE_URL: z.string().optional(),
  HOLDFAST_DATA: z.string().default('data'),
  HOLDFAST_HOST: z.string().default('127.0.0.1'),
  HOLDFAST_LOG: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
  HOLDFAST_SANDBOX: flag,
  HOLDFAST_SEAL_DIR: z.string().optional(),
  HOLDFAST_SEAL_KEY: z.string().optional(),
  HOLDFAST_TRUSTED_PROXIES: Networks,
  HOLDFAST_RATE_SIGNED_IN: z.coerce.number().int().min(1).default(10_000),
  HOLDFAST_BUREAU_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isPlain, { error: 'an address without user, password, query and fragment' })
    .optional(),
  HOLDFAST_RATE_ANONYMOUS: z.coerce.number().int().min(1).default(500),
  HOLDFAST_REFRESH_GRACE: z.coerce.number().int().min(0).max(60).default(0),
})

/** How one process is run; README lists every variable. */
export interface Settings {
  readonly port: number
  readonly host: string
  readonly data: string
  readonly databaseUrl: string | undefined
  readonly log: string
  readonly sandbox: boolean
  readonly sealFolder: string
  readonly sealKey: string
  readonly trustedProxies: readonly string[]
  /** Undefined: the shipped sandbox. */
  readonly bureauUrl: string | undefined
  /** How long after a refresh token was rotated it is answered again. */
  readonly refreshGraceMs: number
  readonly rates: { readonly signedIn: number; readonly anonymous: number }
}

/**
 * Reads the settings from the environment; an impossible value is told by its name and what it may be. One that is set to nothing is as one
 * that isn't set: else an empty HOLDFAST_DATA would be this folder, and an empty HOLDFAST_HOST every address of the machine.
 */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ''))
  const result = Environment.safeParse(given)
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new CannotStart(`Some settings cannot be used:\n  ${lines.join('\n  ')}\nREADME.md lists every variable.`)
  }
  const read = result.data
  const data = path.resolve(read.HOLDFAST_DATA)
  return {
    port: read.PORT,
    host: read.HOLDFAST_HOST,
    data,
    databaseUrl: read.DATABASE_URL,
    log: read.HOLDFAST_LOG,
    sandbox: read.HOLDFAST_SANDBOX,
    sealFolder: path.resolve(read.HOLDFAST_SEAL_DIR ?? path.join(data, 'seal')),
    sealKey: path.resolve(read.HOLDFAST_SEAL_KEY ?? path.join(data, 'keys', 'seal.pem')),
    trustedProxies: read.HOLDFAST_TRUSTED_PROXIES,
    bureauUrl: read.HOLDFAST_BUREAU_URL,
    refreshGraceMs: read.HOLDFAST_REFRESH_GRACE * 1000,
    rates: { signedIn: read.HOLDFAST_RATE_SIGNED_IN, anonymous: read.HOLDFAST_RATE_ANONYMOUS },
  }
}
