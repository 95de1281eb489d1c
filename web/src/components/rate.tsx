import { Unknown } from '#components/money.tsx'

/** A breaker's rate: unknown while there were too few calls to judge by. */
export const Rate = ({ percent }: { readonly percent: number }) =>
  percent < 0 ? <Unknown why="Too few calls to judge by" /> : percent.toFixed(1)
