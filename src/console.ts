import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { refuse, unknownRoute } from '#kernel/http'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
}

/** Serves the built console: its files by name (they carry their hash, so for ever), and its one page for every other address. */
export function consoleFiles(folder: string): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const isPage = request.method === 'GET' && !pathname.startsWith('/api/')
    if (!isPage) return refuse(reply, request, unknownRoute(request))
    const wanted = path.join(folder, path.normalize(decodeURIComponent(pathname)))
    const type = types[path.extname(wanted)]
    const inside = wanted.startsWith(folder + path.sep)
    if (type !== undefined && inside && (await isFile(wanted))) {
      const forever = pathname.startsWith('/assets/')
      return reply
        .type(type)
        .header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
        .send(createReadStream(wanted))
    }
    const page = path.join(folder, 'index.html')
    if (type !== undefined || !(await isFile(page))) return refuse(reply, request, unknownRoute(request))
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(createReadStream(page))
  }
}

async function isFile(name: string): Promise<boolean> {
  return stat(name).then(
    (found) => found.isFile(),
    () => false,
  )
}
