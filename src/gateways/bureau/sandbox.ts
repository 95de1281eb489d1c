import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BureauReport, CreditBureau } from '#systems/lending'

export interface SandboxBureauOptions {
  /** Milliseconds that an answer takes at least; up to as much again comes on top, by PAN. 20 unless said. */
  readonly latencyMs?: number
  /** Other seeds give other people other histories. */
  readonly seed?: number
}

const clean: BureauReport = { score: 790, writtenOff: false, overdueAccounts: 0, enquiries6Months: 1, monthlyObligations: 0n }

/** What the four digits of a PAN make the sandbox answer; every other PAN has a history of its own, always the same. */
const told: Readonly<Record<string, BureauReport | 'silent' | 'down'>> = {
  '0001': { ...clean, score: 820 },
  '0002': { ...clean, score: 660, enquiries6Months: 4 },
  '0003': { ...clean, score: 540, writtenOff: true, overdueAccounts: 3 },
  '0004': 'silent',
  '0005': 'down',
  '0006': { ...clean, score: null },
}

/**
 * A credit bureau for demos and tests: deterministic by PAN and seed. Magic digits: 0001 approve, 0002 refer, 0003 reject, 0004 never
 * answers, 0005 always fails, 0006 knows nothing.
 */
export function sandboxBureau({ latencyMs = 20, seed = 1 }: SandboxBureauOptions = {}): CreditBureau {
  return {
    async report({ pan }, { signal }) {
      const chance = createHash('sha256').update(`${seed}:${pan}`).digest()
      const answer = told[pan.slice(5, 9)] ?? historyOf(chance)
      if (answer === 'silent') await untilAborted(signal)
      else await sleep(latencyMs + (latencyMs * chance.readUInt8(0)) / 256, undefined, { signal })
      if (typeof answer === 'string') throw new Error('the bureau answered 503')
      return answer
    },
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.throwIfAborted()
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

/** Most people pay: three in five score well, one in ten badly. */
function historyOf(chance: Buffer): BureauReport {
  const draw = chance.readUInt16BE(2) / 65_536
  const spread = chance.readUInt8(4) % 60
  const late = draw < 0.1 ? 1 + (chance.readUInt8(5) % 3) : 0
  let score = 745 + spread
  if (draw < 0.1) score = 560 + spread
  else if (draw < 0.4) score = 665 + spread
  return {
    score,
    writtenOff: draw < 0.03,
    overdueAccounts: late,
    enquiries6Months: chance.readUInt8(6) % 5,
    monthlyObligations: BigInt(chance.readUInt16BE(7) % 20) * 100_000n,
  }
}
