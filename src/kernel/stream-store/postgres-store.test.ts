import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '#kernel/db'
import { DurableRun, snapshot, start, stepAll, StreamError, stream, topology, type StreamOutput, type StreamStore } from '#kernel/streams'
import { database } from '#test/database'
import { countedPayments, paymentLog } from './counted-payments.ts'
import { outputsOf, postgresStore } from './postgres-store.ts'

const db = await database()

function inMemory(length: number): { outputs: StreamOutput[]; state: string } {
  const [state, outputs] = stepAll(start(countedPayments()), paymentLog(length))
  return { outputs: outputs.flat(), state: snapshot(state) }
}

async function kept(name: string): Promise<StreamOutput[]> {
  const found: StreamOutput[] = []
  for (;;) {
    const page = await outputsOf(db.pool, name, found.length + 1)
    if (page.length === 0) return found
    assert.deepEqual(
      page.map(({ seq }) => seq),
      page.map((_, index) => found.length + 1 + index),
    )
    found.push(...page.map(({ output }) => output))
  }
}

test('state, outputs and position survive, and the log may be read again from anywhere', async () => {
  const log = paymentLog(600)
  for (const upTo of [0, 100, 101, 350, 600]) {
    const run = await DurableRun.open(countedPayments(), postgresStore(db.pool, 'again'))
    for (let at = 0; at < upTo; at += 37) await run.process(log.slice(at, Math.min(at + 37, upTo)))
    assert.equal(run.position, upTo)
  }
  const run = await DurableRun.open(countedPayments(), postgresStore(db.pool, 'again'))
  const expected = inMemory(600)
  assert.equal(snapshot(run.state), expected.state)
  assert.deepEqual(await kept('again'), expected.outputs)
})

test('whoever opened a run before is shut out', async () => {
  const log = paymentLog(40)
  const old = await DurableRun.open(countedPayments(), postgresStore(db.pool, 'fenced'))
  await old.process(log.slice(0, 10))
  const young = await DurableRun.open(countedPayments(), postgresStore(db.pool, 'fenced'))
  await assert.rejects(old.process(log.slice(10, 20)), (error) => error instanceof StreamError && error.code === 'streams.stale_state')
  await assert.rejects(old.process(log.slice(10, 20)), (error) => error instanceof StreamError && error.code === 'streams.state_failed')
  await young.process(log)
  assert.deepEqual(await kept('fenced'), inMemory(40).outputs)
})

test('a commit whose answer is lost, or that fails, is settled by opening again', async () => {
  const log = paymentLog(300)
  let turn = 0
  for (;;) {
    const real = postgresStore(db.pool, 'lost')
    const faulty: StreamStore = {
      open: (shape) => real.open(shape),
      commit: async (batch) => {
        turn += 1
        if (turn % 3 === 0) throw new Error('failed before')
        await real.commit(batch)
        if (turn % 4 === 0) throw new Error('answer lost')
      },
    }
    const run = await DurableRun.open(countedPayments(), faulty)
    try {
      for (let at = 0; at < log.length; at += 25) await run.process(log.slice(at, at + 25))
      break
    } catch (error) {
      assert.match(String(error), /failed before|answer lost/)
    }
  }
  assert.deepEqual(await kept('lost'), inMemory(300).outputs)
})

test('a batch that a function of the topology fails on leaves nothing behind', async () => {
  const risky = () =>
    topology(
      stream<number>('in')
        .groupByKey()
        .reduce((sum, value) => {
          if (value === 13) throw new Error('unlucky')
          return sum + value
        }),
    )
  const run = await DurableRun.open(risky(), postgresStore(db.pool, 'risky'))
  const record = (position: number, value: number) => ({ key: 'a', value, timestamp: position, position })
  await run.process([record(1, 1)])
  await assert.rejects(run.process([record(2, 2), record(3, 13)]), /unlucky/)
  const again = await DurableRun.open(risky(), postgresStore(db.pool, 'risky'))
  assert.equal(again.position, 1)
  assert.deepEqual(await again.process([record(2, 2)]), [{ key: 'a', value: 3, timestamp: 2 }])
})

test('money in outputs comes back as it was, and a record without its place is refused', async () => {
  const sums = topology(
    stream<bigint>('in')
      .groupByKey()
      .reduce((sum, value) => sum + value),
  )
  const run = await DurableRun.open(sums, postgresStore(db.pool, 'money'))
  const record = (position: number) => ({ key: 'a', value: 9_007_199_254_740_993n, timestamp: 1, position })
  const made = await run.process([record(1), record(2)])
  assert.equal(made[1]?.value, 18_014_398_509_481_986n)
  assert.deepEqual(await kept('money'), made)
  for (const position of [undefined, Number.NaN, '3', 0.5])
    await assert.rejects(
      run.process([record(1), { ...record(3), position: position as number }]),
      (error) => error instanceof StreamError && error.code === 'streams.bad_record',
      String(position),
    )
  assert.equal((await run.process([record(3)])).length, 1)
})

test('batches under way together are kept in order, and a failed one takes the later ones with it', async () => {
  const log = paymentLog(200)
  const run = await DurableRun.open(countedPayments(), postgresStore(db.pool, 'together'))
  const first = [0, 50, 100].map((at) => run.process(log.slice(at, at + 50)))
  assert.equal(run.position, 0)
  await Promise.all(first)
  assert.equal(run.position, 150)
  await DurableRun.open(countedPayments(), postgresStore(db.pool, 'together'))
  const late = await Promise.allSettled([run.process(log.slice(150, 175)), run.process(log.slice(175))])
  assert.deepEqual(
    late.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.deepEqual(await kept('together'), inMemory(150).outputs)
})

test('a run keeps its shape, and its neighbours their rows', async () => {
  await assert.rejects(
    DurableRun.open(topology(stream('other').groupByKey().count()), postgresStore(db.pool, 'again')),
    (error) => error instanceof StreamError && error.code === 'streams.bad_snapshot',
  )
  const names = ['again', 'fenced', 'lost']
  for (const name of names) await DurableRun.open(countedPayments(), postgresStore(db.pool, name))
})

test('the whole state now and then takes the place of the changes kept, and nothing shows of it', async () => {
  const log = paymentLog(1_000)
  const store = (): StreamStore => {
    const real = postgresStore(db.pool, 'whole')
    const commit: StreamStore['commit'] = async (batch) => {
      // As a transaction that is tried again reads it.
      for (const _row of batch.whole ?? []) break
      await real.commit(batch)
    }
    return { open: (shape) => real.open(shape), commit }
  }
  const open = () => DurableRun.open(countedPayments(), store(), { wholeAfterRows: 200 })
  const blocks = async (): Promise<number> => {
    const [found] = await db.pool.query<{ count: bigint }>(sql`
      select count(*) as count from stream_store.block b join stream_store.run r on r.id = b.run where r.name = ${'whole'}`)
    return Number(found?.count)
  }
  let run = await open()
  let most = 0
  let wholes = 0
  let before = 0
  for (let at = 0; at < log.length; at += 20) {
    if (at % 140 === 0) run = await open()
    await Promise.all([run.process(log.slice(at, at + 10)), run.process(log.slice(at + 10, at + 20))])
    const now = await blocks()
    if (now < before) wholes += 1
    before = now
    most = Math.max(most, now)
  }
  const expected = inMemory(1_000)
  assert.equal(snapshot((await open()).state), expected.state)
  assert.deepEqual(await kept('whole'), expected.outputs)
  assert.ok(wholes >= 1 && most < 95, `${wholes} whole states, at most ${most} of 100 blocks`)
})

test('killed again and again, every output comes out once, in order', async () => {
  const length = 2_000
  const child = path.join(import.meta.dirname, 'crash-child.ts')
  let kills = 0
  for (let life = 0; life < 20; life++) {
    const process_ = spawn(process.execPath, [child, JSON.stringify(db.server), 'killed', String(length)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(process_, 'exit')
    await once(process_.stdout, 'data')
    const killed = life < 4 && (await Promise.race([sleep(15 + life * 20, true), ended.then(() => false)]))
    if (killed && process_.kill('SIGKILL')) kills += 1
    const [code] = (await ended) as [number | null]
    if (code === 0) break
  }
  assert.ok(kills > 0, 'never killed in mid-work')
  assert.deepEqual(await kept('killed'), inMemory(length).outputs)
})
