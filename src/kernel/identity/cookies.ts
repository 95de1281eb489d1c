import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessCookie, cookieOf, refreshCookie } from './authenticate.ts'
import { accessSeconds, refreshSeconds } from './token.ts'

const sessionsPath = '/api/v1/sessions'

/** For the console, which asks with `X-Holdfast-Console: 1`: a session becomes two cookies that no script can read. */
export function setCookies(operation: string, body: string, request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers['x-holdfast-console'] !== '1') return
  if (operation === 'identity.sign_out') {
    reply.header('set-cookie', [cookie(accessCookie, '', '/', 0), cookie(refreshCookie, '', sessionsPath, 0)])
    return
  }
  if ((operation !== 'identity.sign_in' && operation !== 'identity.refresh') || request.outcome !== 'done') return
  const { accessToken, refreshToken } = JSON.parse(body) as { accessToken: string; refreshToken: string }
  reply.header('set-cookie', [
    cookie(accessCookie, accessToken, '/', accessSeconds),
    cookie(refreshCookie, refreshToken, sessionsPath, refreshSeconds),
  ])
}

/** The console refreshes with its cookie: the token is put where the operation's schema wants it. */
export function completeFromCookie(operation: string, request: FastifyRequest): void {
  if (operation !== 'identity.refresh' || request.body !== undefined) return
  const refreshToken = cookieOf(request.headers.cookie, refreshCookie)
  if (refreshToken !== undefined) request.body = { refreshToken }
}

// Without Secure: the server listens on loopback in plain HTTP, and a proxy in front adds it. SameSite=Strict keeps other sites out.
function cookie(name: string, value: string, path: string, maxAge: number): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict`
}
