import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { chmod, open, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '#kernel/db'

/** The key that signs checkpoints. */
export interface SealKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The public key as PEM, for auditors: they should get it by another way than the export it judges. */
  readonly publicPem: string
}

const OTHERS = 0o077

/**
 * The Ed25519 key in a PEM file (PKCS 8). Made, readable by its owner alone, if the file is absent and `mayMake` is true: a log that
 * is signed already keeps its key. Refuses a key that others can read, and any other kind of key.
 */
export async function sealKey(file: string, mayMake: boolean): Promise<SealKey> {
  const pem = await readFile(file, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    if (!mayMake) throw new Error(`the key that signs checkpoints is gone: put it back at ${file}, or name its place in HOLDFAST_SEAL_KEY`)
    return await makeKey(file)
  })
  if (((await stat(file)).mode & OTHERS) !== 0) throw new Error(`others can read the signing key ${file}: chmod 600 it`)
  const privateKey = createPrivateKey(pem)
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new Error(`${file} holds a ${privateKey.asymmetricKeyType} key; checkpoints are signed with Ed25519`)
  const publicKey = createPublicKey(privateKey)
  return { privateKey, publicKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }) as string }
}

async function makeKey(file: string): Promise<string> {
  await makeFolder(path.dirname(file))
  await chmod(path.dirname(file), 0o700)
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  // 'wx': of two processes that start at once, one makes the key and the other fails rather than sign with another.
  const made = await open(file, 'wx', 0o600)
  try {
    await made.writeFile(pem)
    await made.sync()
  } finally {
    await made.close()
  }
  return pem
}
