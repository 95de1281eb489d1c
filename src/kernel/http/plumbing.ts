import type { FastifyInstance } from 'fastify'
import { documentation } from './documentation.ts'
import { openApi } from './openapi.ts'
import { readiness } from './readiness.ts'
import type { ServerOptions } from './server.ts'

/** Where that stands; each takes GET. */
export const plumbingPaths: readonly string[] = ['/health/live', '/health/ready', '/metrics', '/info', '/openapi.json', '/docs']

/** What every server has beside its routes: health, metrics, version, the interface's description. */
export function addPlumbing(app: FastifyInstance, options: ServerOptions): void {
  const description = JSON.stringify(openApi(options.routes, options.raw ?? [], options.version))
  const page = documentation(options.routes, options.raw ?? [], options.version)
  const isReady = readiness(options.pool)
  app.get('/health/live', (_request, reply) => reply.send({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    const ready = await isReady()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', database: ready ? 'answers' : 'does not answer' })
  })
  app.get('/metrics', async (_request, reply) => reply.type(options.metrics.registry.contentType).send(await options.metrics.text()))
  app.get('/info', (_request, reply) => reply.send({ name: 'Holdfast', version: options.version, ...options.info?.() }))
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(description))
  app.get('/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
}
