import type { FastifyInstance } from 'fastify'

/** Listens no more and answers what was taken. After so long whoever has not taken their answer is cut off: nobody may keep a server from ending. */
export async function closeServer(app: FastifyInstance, within_ms: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), within_ms)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
  }
}
