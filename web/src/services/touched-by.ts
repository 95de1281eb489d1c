// Which of the console's questions an event may have changed the answer to.

/** Every event stands in the list of events, and whoever caused it in the audit trail; a reaction to it may come to stand still. */
const ALWAYS = ['events', 'audit', 'dead-letters']

const BY_START: Readonly<Record<string, readonly string[]>> = {
  lending: ['loans', 'loan', 'overview', 'person', 'ledger', 'trial-balance', 'runs', 'info'],
  // A person's roles say what they may do: perhaps one's own.
  identity: ['people', 'person', 'session'],
  breakers: ['breakers'],
}

/** What is offered, and to nobody's loan: a loan keeps the version it was made from. */
const OF_PRODUCTS = ['products']

/** The first words of the keys of queries to ask again after an event of this type. */
export const touchedBy = (type: string): readonly string[] => [
  ...ALWAYS,
  ...(type.startsWith('lending.product_') ? OF_PRODUCTS : (BY_START[type.split('.')[0] ?? ''] ?? ['overview'])),
]
