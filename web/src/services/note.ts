import { concat, fromBase64, same, sha256, utf8, type Bytes } from '#services/bytes.ts'

/** What a signed checkpoint says: the log's size, its root, when. */
export type Checkpoint = {
  readonly origin: string
  readonly size: number
  readonly root: Bytes
  readonly time: string
  readonly signature: Bytes
}

const ED25519 = Uint8Array.of(1)
const KEY_ID_BYTES = 4
const NOTE = /^([^\n]+)\n(\d{1,16})\n([A-Za-z0-9+/=]+)\ntime ([^\n]+)\n\n— ([^\n ]+) ([A-Za-z0-9+/=]+)\n$/

const rawKey = async (key: CryptoKey): Promise<Bytes> => new Uint8Array(await crypto.subtle.exportKey('raw', key))

/** This browser cannot do what a check needs: nothing is known of the entry, neither good nor bad. */
export class CannotCheck extends Error {}

const NO_ED25519 = 'This browser does not know Ed25519 signatures. Use a newer one, or check an export of the log with bin/verify.'
const NO_CRYPTO = 'Browsers compute hashes only over https, or on the computer itself. Open the console in one of these ways.'

/** An Ed25519 public key from PEM (or the base64 within it); undefined if it is none. */
export const publicKeyOf = async (pem: string): Promise<CryptoKey | undefined> => {
  if (!isSecureContext) throw new CannotCheck(NO_CRYPTO)
  try {
    const der = fromBase64(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''))
    return await crypto.subtle.importKey('spki', der, 'Ed25519', true, ['verify'])
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') throw new CannotCheck(NO_ED25519, { cause: error })
    return undefined
  }
}

/** Reads a checkpoint note (C2SP signed note) and says whether this key signed it. */
export const openNote = async (
  note: string,
  key: CryptoKey | undefined,
): Promise<{ readonly checkpoint: Checkpoint; readonly signed: boolean } | undefined> => {
  const match = NOTE.exec(note)
  if (!match || !key) return undefined
  const [, origin = '', size = '', root = '', time = '', name = '', mark = ''] = match
  const signed = fromBase64(mark)
  const signature = signed.slice(KEY_ID_BYTES)
  const checkpoint = { origin, size: Number(size), root: fromBase64(root), time, signature }
  const keyId = (await sha256(concat(utf8(`${origin}\n`), ED25519, await rawKey(key)))).slice(0, KEY_ID_BYTES)
  const body = note.slice(0, note.indexOf('\n\n') + 1)
  const holds =
    name === origin && same(keyId, signed.slice(0, KEY_ID_BYTES)) && (await crypto.subtle.verify('Ed25519', key, signature, utf8(body)))
  return { checkpoint, signed: holds }
}
