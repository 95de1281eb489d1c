import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart, makeFolder } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { errors, jwtVerify, SignJWT } from 'jose'

const issuer = 'holdfast'
export const accessSeconds = 900
export const refreshSeconds = 30 * 86_400

/** What an access token says: whose session it is. What the person may do is looked up, so that a change holds at once. */
export interface Claims {
  readonly person: string
  readonly session: string
}

/** Signs and judges access tokens (JWT, EdDSA), and makes each refresh token from the one before. */
export class Tokens {
  readonly #private: KeyObject
  readonly #public: KeyObject
  readonly #succession: Uint8Array

  constructor(key: KeyObject) {
    this.#private = key
    this.#succession = this.keyFor('holdfast refresh token')
    this.#public = createPublicKey(key)
  }

  /** With the key of a file; the file is made, readable by its owner alone, if it is not there. Throws CannotStart if it holds no such key. */
  static async fromFile(file: string): Promise<Tokens> {
    await makeFolder(path.dirname(file), 0o700)
    const kept = await readFile(file).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await makeKey(file)
      return readFile(file)
    })
    try {
      return new Tokens(createPrivateKey(kept))
    } catch {
      throw new CannotStart(
        `${file} holds no key that signs sessions. Put the right one back, or delete the file: a new one is made, and everybody signs in again.`,
      )
    }
  }

  /** The refresh token after this one: always the same, so that whoever shows one twice at once is told one successor; no one else can tell it. */
  successor({ session, secret }: Refresh): { readonly token: string; readonly secret: string } {
    const next = createHmac('sha256', this.#succession).update(`${session}.${secret}`).digest('base64url')
    return { token: `${session}.${next}`, secret: next }
  }

  /** A key for something else than tokens, named by what it is for: the same as long as our own is. */
  keyFor(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#private.export({ type: 'pkcs8', format: 'der' }), '', purpose, 32))
  }

  /** `now` in milliseconds of machine time: tokens never follow a simulated clock. */
  sign({ person, session }: Claims, now: number): Promise<string> {
    const seconds = Math.floor(now / 1000)
    return new SignJWT({ sid: session })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(person)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + accessSeconds)
      .sign(this.#private)
  }

  /** The claims of a token that is ours and has not expired; else a 401. */
  async verify(token: string, now: number): Promise<Claims & { readonly expires: number }> {
    try {
      const { payload } = await jwtVerify(token, this.#public, {
        algorithms: ['EdDSA'],
        issuer,
        audience: issuer,
        currentDate: new Date(now),
      })
      const { sub, sid, exp } = payload
      if (typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'number') throw new Fault('identity.token_invalid')
      return { person: sub, session: sid, expires: exp * 1000 }
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new Fault('identity.token_expired')
      throw error instanceof Fault ? error : new Fault('identity.token_invalid')
    }
  }
}

/** Written whole beside its place and then put there, so that a start that was killed leaves none that is empty; of two at once the first stays. */
async function makeKey(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft)
}

/** A refresh token: the session's id and 256 random bits. */
export function newRefresh(session: string): { readonly token: string; readonly secret: string } {
  const secret = randomBytes(32).toString('base64url')
  return { token: `${session}.${secret}`, secret }
}

/** What a refresh token says. */
export interface Refresh {
  readonly session: string
  readonly secret: string
}

/** The two parts of a refresh token, or a 401. */
export function readRefresh(token: string): Refresh {
  const match = /^(session_[0-9a-z]{26})\.([\w-]{43})$/.exec(token)
  if (!match) throw new Fault('identity.refresh_invalid')
  return { session: match[1] as string, secret: match[2] as string }
}
