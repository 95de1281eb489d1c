// Each account's entries are a chain: a link holds the hash of the one before it, and the balance after it. What was read of many entries is
// joined here, so that a link that is missing or does not fit is found, though each entry by itself is sound.

type Seen = { readonly hash: string; readonly previous: string; readonly posted: string }
export type Chains = Map<string, Map<number, Seen>>

export type Link = { readonly account: string; readonly n: string; readonly hash: string; readonly posted: string }

/** What an account says of itself: how many links it has, the hash of the last, and its balance, debit positive. */
export type Told = { readonly entries: number; readonly head: string; readonly posted: bigint }

/** Adds an entry's links; `previous` in the order of its legs. */
export const addLinks = (chains: Chains, legs: readonly Link[], previous: readonly string[]): void => {
  legs.forEach(({ account, n, hash, posted }, at) => {
    const links = chains.get(account) ?? new Map<number, Seen>()
    chains.set(account, links.set(Number(n), { hash, posted, previous: previous[at] ?? '' }))
  })
}

/** `missing`: the link is not there; `unlinked`: it holds another hash than the one before it has; `end`, `balance`: the account says another. */
export type ChainFault = { readonly account: string; readonly link: number; readonly what: 'missing' | 'unlinked' | 'end' | 'balance' }

type Found = Omit<ChainFault, 'account'>

const faultWithin = (links: ReadonlyMap<number, Seen>, whole: boolean): Found | undefined => {
  let last = 0
  for (const [n, { previous }] of [...links].toSorted(([a], [b]) => a - b)) {
    if (whole && n !== last + 1) return { link: last + 1, what: 'missing' }
    const before = links.get(n - 1)
    if (before && before.hash !== previous) return { link: n, what: 'unlinked' }
    last = n
  }
  return undefined
}

const faultAtEnd = (links: ReadonlyMap<number, Seen>, { entries, head, posted }: Told): Found | undefined => {
  if (entries === 0) return undefined
  const last = links.get(entries)
  if (!last) return { link: Math.min(entries, links.size + 1), what: 'missing' }
  if (last.hash !== head) return { link: entries, what: 'end' }
  return BigInt(last.posted) === posted ? undefined : { link: entries, what: 'balance' }
}

/** The first fault of each chain. Of accounts in `told` every link up to their end should be among those read, of others only some. */
export const chainFaults = (chains: Chains, told: ReadonlyMap<string, Told> = new Map()): readonly ChainFault[] =>
  [...new Set([...chains.keys(), ...told.keys()])].flatMap((account) => {
    const links = chains.get(account) ?? new Map<number, Seen>()
    const says = told.get(account)
    const found = faultWithin(links, says !== undefined) ?? (says && faultAtEnd(links, says))
    return found ? [{ account, ...found }] : []
  })
