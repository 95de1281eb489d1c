import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessCookie, refreshCookie } from './authenticate.ts'
import { accessSeconds, refreshSeconds } from './token.ts'

const sessionsPath = '/api/v1/sessions'

/** For the console, which asks with `X-Holdfast-Console: 1`: a session becomes two cookies that no script can read. */
export function setCookies(operation: string, body: string, request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers['x-holdfast-console'] !== '1') return
  // Secure where the browser came by HTTPS (a trusted proxy says so); on loopback there is plain HTTP. Strict keeps other sites out.
  const only = { httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const
  if (operation === 'identity.sign_out') {
    reply.clearCookie(accessCookie, { ...only, path: '/' }).clearCookie(refreshCookie, { ...only, path: sessionsPath })
    return
  }
  if ((operation !== 'identity.sign_in' && operation !== 'identity.refresh') || request.outcome !== 'done') return
  const { accessToken, refreshToken } = JSON.parse(body) as { accessToken: string | null; refreshToken: string | null }
  // An answer replayed holds none; the browser has what the first one gave.
  if (accessToken === null || refreshToken === null) return
  reply
    .setCookie(accessCookie, accessToken, { ...only, path: '/', maxAge: accessSeconds })
    .setCookie(refreshCookie, refreshToken, { ...only, path: sessionsPath, maxAge: refreshSeconds })
}

/** The console refreshes with its cookie: the token is put where the operation's schema wants it. */
export function completeFromCookie(operation: string, request: FastifyRequest): void {
  if (operation !== 'identity.refresh' || request.body !== undefined) return
  // No other page may send this header: one on another port of this host, to which the cookie goes too, would rotate the token unseen.
  if (request.headers['x-holdfast-console'] !== '1') return
  const refreshToken = request.cookies[refreshCookie]
  if (refreshToken !== undefined) request.body = { refreshToken }
}
