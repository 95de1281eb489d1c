import type { Value } from './json.ts'
import { TransformError } from './spec-error.ts'

/** What a key of the spec matched: the key itself, what its stars caught, the size of the list it named, and how often its children matched. */
export class Match {
  readonly key: string
  readonly stars: readonly string[] | undefined
  /** Size of the list before it was padded; -1 where the match is no list. */
  readonly size: number
  hits = 0

  constructor(key: string, stars: readonly string[] | undefined, size: number) {
    this.key = key
    this.stars = stars
    this.size = size
  }

  group(index: number): string {
    if (index === 0) return this.key
    const caught = this.stars?.[index - 1]
    if (caught === undefined) throw new TransformError(`key ${this.key} has no part ${index}`)
    return caught
  }
}

/** The way from the root to the place where a transform stands. */
export class Walk {
  readonly trees: Value[] = []
  readonly matches: Match[] = []

  push(tree: Value, match: Match): void {
    this.trees.push(tree)
    this.matches.push(match)
  }

  pop(): void {
    this.trees.pop()
    this.matches.pop()
  }

  lastMatch(): Match {
    return this.matchAt(0)
  }

  matchAt(levelsUp: number): Match {
    const found = this.matches[this.matches.length - 1 - levelsUp]
    if (found === undefined) throw new TransformError(`no level ${levelsUp} above`)
    return found
  }

  treeAt(levelsUp: number): Value {
    const found = this.trees[this.trees.length - 1 - levelsUp]
    if (found === undefined) throw new TransformError(`no level ${levelsUp} above`)
    return found
  }
}
