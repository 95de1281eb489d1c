/** A breaker's rate: unknown while there were too few calls to judge by. */
export const Rate = ({ percent }: { readonly percent: number }) =>
  percent < 0 ? <span title="Too few calls to judge by">–</span> : percent.toFixed(1)
