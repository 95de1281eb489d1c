import { fromBase64, sha256, toHex } from '#services/bytes.ts'

// The key that signs the log is remembered when it is first seen, as ssh remembers a host's: a server that shows another one later is believed
// only after a person has compared its fingerprint with one that came by another way.

const KEY = 'holdfast-public-key'
const UNREADABLE = 'unreadable'
/** Of 64: what nobody can make a second key for, and can still be read out over a telephone. */
const ENOUGH = 16

export type KeyStanding = {
  readonly publicKey: string
  /** SHA-256 of the key as DER (`openssl pkey -pubin -outform DER | sha256sum`), hex. */
  readonly fingerprint: string
  readonly standing: 'first' | 'known' | 'other'
  /** The fingerprint of the key that this browser remembers, where it is another one. */
  readonly remembered?: string
}

const fingerprintOf = async (pem: string): Promise<string> => {
  try {
    return toHex(await sha256(fromBase64(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''))))
  } catch {
    return UNREADABLE
  }
}

/** How the key that the server shows stands to the one that this browser remembers. */
export const keyStanding = async (publicKey: string): Promise<KeyStanding> => {
  const known = localStorage.getItem(KEY)
  const fingerprint = await fingerprintOf(publicKey)
  if (known === null) return { publicKey, fingerprint, standing: 'first' }
  const remembered = await fingerprintOf(known)
  return remembered === fingerprint
    ? { publicKey, fingerprint, standing: 'known' }
    : { publicKey, fingerprint, standing: 'other', remembered }
}

/** From now on this key is the one that is believed here. */
export const rememberKey = ({ publicKey }: KeyStanding): void => localStorage.setItem(KEY, publicKey)

/** `9f2c 01ab …`: read out and compared in fours. */
export const inFours = (fingerprint: string): string => fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ')

/** What a person typed is this fingerprint, or enough of its beginning; `undefined` while it may still become so. */
export const isFingerprint = (typed: string, fingerprint: string): boolean | undefined => {
  const plain = typed.toLowerCase().replaceAll(/[\s:-]|sha256/g, '')
  if (!fingerprint.startsWith(plain)) return false
  return plain.length >= ENOUGH ? true : undefined
}
