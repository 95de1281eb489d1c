// One side of chain.bench.ts: a ledger and sealer of its own, with its hashes computed or, if told `off`, replaced in this process alone.
import { registerHooks } from 'node:module'

/** Production knows no such switch: the sources are exchanged while they are loaded. */
const without: Readonly<Record<string, string>> = {
  '/kernel/ledger/chain.ts': 'export const entryHash = (previous) => previous',
  '/kernel/digest/salted.ts':
    'const none = Buffer.alloc(32); const salt = Buffer.alloc(16); export const salted = () => ({ salt, digest: none }); export const digestOf = () => none',
}
const off = process.argv[2] === 'off'
if (off) {
  registerHooks({
    load(url, context, next) {
      const found = Object.entries(without).find(([end]) => url.endsWith(end))
      return found ? { format: 'module', source: found[1], shortCircuit: true } : next(url, context)
    },
  })
}
const { runChain } = await import('./chain-load.ts')
await runChain(!off)
