/** Levels of a document; Jackson itself stops at 1,000 since 2.15. */
export const MAX_DEPTH = 2_000
/** Values of a document that is copied, compared or written, those of a shared container each time. */
export const MAX_VALUES = 4_000_000
/** Levels of a spec; each costs several stack frames. */
export const MAX_SPEC_DEPTH = 500
/** Keys, list elements and leaves of a whole spec. */
export const MAX_SPEC_NODES = 200_000
/** Characters of all keys and texts of a spec. */
export const MAX_SPEC_TEXT = 1_000_000
/** Steps of one dotted path. */
export const MAX_PATH_STEPS = 1_000
/** Stars of one key. */
export const MAX_STARS = 200
/** Nulls that one write may add to reach an index; Java fills until memory ends. */
export const MAX_ARRAY_GAP = 1_000_000
/** Writes, removals and nulls added in one run. */
export const MAX_WORK = 2_000_000
/** Characters of text that count as one write. */
export const TEXT_PER_WRITE = 64
/** Steps of a search for separators that count as one write. */
export const STEPS_PER_WRITE = 64
