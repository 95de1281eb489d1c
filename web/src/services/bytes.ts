// Bytes as the seal writes them, by WebCrypto alone.

export type Bytes = Uint8Array<ArrayBuffer>

const HASH_HEX = /^[0-9a-f]*$/i
const text = new TextEncoder()

export const utf8 = (value: string): Bytes => text.encode(value)

export const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

export const concat = (...parts: readonly Uint8Array[]): Bytes => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** `9f2c01…77ab`: enough of a hash to compare by eye. */
export const cutHash = (hex: string): string => `${hex.slice(0, 6)}…${hex.slice(-4)}`

export const fromHex = (hex: string): Bytes => {
  if (hex.length % 2 !== 0 || !HASH_HEX.test(hex)) throw new RangeError('not hexadecimal')
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
}

export const fromBase64 = (base64: string): Bytes => Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0)

/** Hex or base64, as the server happens to write a hash. */
export const readHash = (value: string): Bytes => (value.length % 2 === 0 && HASH_HEX.test(value) ? fromHex(value) : fromBase64(value))

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

/** Canonical bytes: the domain, then each field, as kind byte (T text, B bytes), u32 big-endian length, content. */
export const encode = (domain: string, fields: readonly (string | Uint8Array)[]): Bytes =>
  concat(
    ...[domain, ...fields].flatMap((field) => {
      const content = typeof field === 'string' ? utf8(field) : field
      const header = new Uint8Array(5)
      header[0] = typeof field === 'string' ? 0x54 : 0x42
      new DataView(header.buffer).setUint32(1, content.length)
      return [header, content]
    }),
  )
