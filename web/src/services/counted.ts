/** `1 record`, `2,459 records`: a figure with the word that goes with it. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en-IN')} ${n === 1 ? one : many}`
