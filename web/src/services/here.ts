// Whose session the browser has, as far as its pages know: the cookie itself is out of their reach, and all tabs share it.

const HERE = 'holdfast-person'

export const whoIsHere = (): string | null => localStorage.getItem(HERE)
export const isHere = (person: string): boolean => whoIsHere() === person

/** The session is known to be this person's. */
export const cameHere = (person: string): void => localStorage.setItem(HERE, person)

/** From now on it may be anybody's: somebody signs in, and what another had begun must not go on under the new name. */
export const changesHere = (): void => localStorage.removeItem(HERE)

/** Calls back when another tab came to know of another person. Answers how to stop. */
export const onOtherHere = (person: string, other: () => void): (() => void) => {
  const hear = ({ key, newValue }: StorageEvent) => {
    if (key === HERE && newValue !== null && newValue !== person) other()
  }
  addEventListener('storage', hear)
  return () => removeEventListener('storage', hear)
}
