import type { Reaction } from '#kernel/events'
import type { RawDeclared, Route } from '#kernel/http'
import type { Job, Schedule } from '#kernel/jobs'

/** All that a program declares, as the composition root mounts it; nothing of it is run here. */
export interface Declarations {
  readonly routes: readonly Route[]
  readonly raw: readonly RawDeclared[]
  readonly reactions: readonly Reaction[]
  readonly schedules: readonly Schedule[]
  readonly jobs: readonly Job[]
  readonly version: string
}
