export type StreamErrorCode =
  | 'streams.bad_window'
  | 'streams.bad_record'
  | 'streams.bad_topology'
  | 'streams.bad_snapshot'
  | 'streams.stale_state'
  | 'streams.state_failed'
  | 'streams.state_full'
  | 'streams.buffer_full'
  | 'streams.unknown_topic'
  | 'streams.unknown_view'

/** Every refusal of this module. `code` is stable; `message` says what was wrong and what is allowed. */
export class StreamError extends Error {
  readonly code: StreamErrorCode
  constructor(code: StreamErrorCode, message: string) {
    super(message)
    this.name = 'StreamError'
    this.code = code
  }
}
