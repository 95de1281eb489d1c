/** A percentage as the server tells it, with two decimals at least and never fewer than it has: `12.50`, `12.345`. */
export const percentText = (rate: string): string => {
  const [whole = '0', decimals = ''] = rate.split('.')
  return `${whole}.${decimals.replace(/0+$/, '').padEnd(2, '0')}`
}
