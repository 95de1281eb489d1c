import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '#kernel/db'
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

  /** With the key of a file; the file is made, readable by its owner alone, if it is not there. */
  static async fromFile(file: string): Promise<Tokens> {
    await makeFolder(path.dirname(file), 0o700)
    try {
      const handle = await open(file, 'wx', 0o600)
      const { privateKey } = generateKeyPairSync('ed25519')
      await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }))
      await handle.sync()
      await handle.close()
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
    }
    return new Tokens(createPrivateKey(await readFile(file)))
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
