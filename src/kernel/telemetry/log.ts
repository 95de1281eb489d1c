import { type DestinationStream, pino, type Logger } from 'pino'

/** Names whose values never reach a log line, wherever they stand. */
const secrets = ['authorization', 'cookie', 'password', 'newPassword', 'accessToken', 'refreshToken', 'token', 'pan', 'key']
/** What PostgreSQL quotes of the row it refused: names, numbers, whatever stood in it. */
const quoted = [
  'error.detail',
  'error.where',
  'error.cause.detail',
  'error.cause.where',
  'error.aggregateErrors[*].detail',
  'error.aggregateErrors[*].where',
]

export type Log = Logger

/** Structured lines on standard output, or where told: level from HOLDFAST_LOG (`silent` for tests), secrets shown as [hidden]. */
export function makeLog(level: string, to?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), ...quoted], censor: '[hidden]' },
    serializers: { error: pino.stdSerializers.err },
  }
  return to ? pino(options, to) : pino(options)
}
