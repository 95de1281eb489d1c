// The yardstick: the least one can do for a payment over HTTP. No key, no ledger, no audit, no event, no login; one insert in a transaction of its own.
import { once } from 'node:events'
import { fastify } from 'fastify'
import pg from 'pg'
import type { ConnectionSettings } from '#kernel/db'

/** More sessions made it slower on 2 cores (10, 16, 32 and 64 tried). */
const connections = 10

const owner = JSON.parse(process.argv[2] ?? '{}') as ConnectionSettings
const { host, port, database, user } = owner
const pool = new pg.Pool({ host, port, database, user, ...(owner.password ? { password: owner.password } : {}), max: connections })
await pool.query(
  'create table bench_payment (id bigint generated always as identity primary key, loan text, payment text, amount bigint, at timestamptz)',
)

const app = fastify({ logger: false })
app.post<{ Params: { loan: string }; Body: { payment: string; amount: number } }>('/loans/:loan/payments', async (request, reply) => {
  const { rows } = await pool.query<{ id: string }>({
    name: 'insert',
    text: 'insert into bench_payment (loan, payment, amount, at) values ($1, $2, $3, now()) returning id',
    values: [request.params.loan, request.body.payment, request.body.amount],
  })
  return reply.code(201).send({ id: rows[0]?.id })
})
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })
await once(process, 'disconnect')
await app.close()
await pool.end()
