/** Whether a JSON value takes at most so many characters when written; stops counting where it is over. */
export function fits(value: unknown, most: number): boolean {
  let left = most
  const take = (node: unknown): boolean => {
    if (typeof node === 'string') left -= node.length + 2
    else if (typeof node !== 'object' || node === null) left -= 1
    else {
      left -= 2
      for (const [key, child] of Object.entries(node)) {
        left -= Array.isArray(node) ? 1 : key.length + 4
        if (left < 0 || !take(child)) return false
      }
    }
    return left >= 0
  }
  return take(value)
}
