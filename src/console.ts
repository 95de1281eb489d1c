import { existsSync } from 'node:fs'
import path from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuse, unknownRoute } from '#kernel/http'

/** Names that a program asks for, not a person: where no such file is, the page would be the wrong answer. */
const isFileName = /\.[a-z0-9]{1,16}$/i

/**
 * Serves the built console: its files by name (those in assets carry their hash, so they are kept for ever), and its one page for every
 * address that no route knows. Files are looked for at each request, so a console that is built anew is served without a restart. Without
 * a build, every such address is unknown.
 */
export async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(path.join(folder, 'index.html'))) return
  await app.register(files, {
    root: folder,
    dotfiles: 'ignore',
    cacheControl: false,
    // Whole, always: they are small, and a range outside a file would be an error of its own.
    acceptRanges: false,
    setHeaders: (reply, file) => {
      const forever = path.relative(folder, file).startsWith(`assets${path.sep}`)
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

/** The page for an address that is somebody's bookmark; a problem for all that is not. */
export function pageOrProblem(request: FastifyRequest, reply: FastifyReply): unknown {
  const [pathname = ''] = request.url.split('?')
  const asked = request.headers.accept ?? ''
  // Whoever asks for JSON alone is a program that mistook the address; one that asks for anything may be handed the page.
  const mayBePage = asked.includes('text/html') || !asked.includes('json')
  const isPage = request.method === 'GET' && mayBePage && !pathname.startsWith('/api/') && !isFileName.test(pathname)
  return isPage && request.server.hasReplyDecorator('sendFile')
    ? reply.sendFile('index.html')
    : refuse(reply, request, unknownRoute(request))
}
