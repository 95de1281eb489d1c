import { pino, type Logger } from 'pino'

/** Names whose values never reach a log line, wherever they stand. */
const secrets = ['authorization', 'cookie', 'password', 'newPassword', 'accessToken', 'refreshToken', 'token', 'pan', 'key']

export type Log = Logger

/** Structured lines on standard output: level from HOLDFAST_LOG (default `info`; `silent` for tests), secrets shown as [hidden]. */
export function makeLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[hidden]' },
    serializers: { error: pino.stdSerializers.err },
  })
}
