import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from '#kernel/db'
import { ledgerRoutes } from '#kernel/ledger'
import { addDays, daysBetween } from '#kernel/money'
import { database } from '#test/database'
import { agrees, announced, endsAt, inOrder, type Lived, overviewAgrees, stoodOn, walletOf } from '#test/loan-life'
import { type Lent, owing, owedPrincipal } from '#test/loan-oracle'
import { breaks, breaksOf } from '#test/loan-breaks'
import { type Amount, kinds, lifeOf, type Pay, type Reverse, type Step, type Cash } from '#test/loan-steps'
import { world } from '#test/world'
import { served } from '#test/world-http'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 2)
const timeMaxMs = 120_000
const w = await world(await database())
const { call } = await served(w, ledgerRoutes)
const products: string[] = []
for (const { product } of kinds) products.push((await w.product(product)).body.id)
const meera = w.who.meera.id

type Told = Readonly<Record<string, unknown>>
let slips = 0
const today = (): string => w.clock.today()
const wallet = async (): Promise<number> => Number((await call('ravi', `GET /api/v1/people/${meera}/wallet`)).body['available'])
const legsOf = async (transfer: unknown): Promise<readonly Told[]> =>
  (
    await w.db.pool.query<{ account: string; amount: bigint }>(
      sql`select account, amount from ledger.entry where transfer = ${String(transfer)} order by account`,
    )
  ).map(({ account, amount }) => ({ account, amount: Number(amount) }))

/** One life: three loans of one borrower, and what the wallet must hold. */
class Life {
  readonly loans: Lived[] = []
  /** What came and went beside repayments. */
  beside = 0n

  async open(kind: number, principal: number, instalments: number): Promise<void> {
    const of = kinds[kind % kinds.length] as (typeof kinds)[number]
    const before = await wallet()
    const id = await w.activeLoan('meera', products[kind % kinds.length] ?? '', { principal, instalments })
    const lent: Lent = { ...of.lent, principal: BigInt(principal), instalments, disbursedOn: today() }
    this.loans.push({ id, lent, feeRate: of.feeRate, paid: new Map(), foreclosed: false })
    this.beside += BigInt((await wallet()) - before)
  }

  /** The wallet as the model has it, were one repayment of a loan not made. */
  wallet(but?: { readonly loan: Lived; readonly repayment: string }): bigint {
    return this.loans.reduce((sum, loan) => sum + walletOf(loan, today(), but?.loan === loan ? but.repayment : undefined), this.beside)
  }

  amountOf(loan: Lived, { mark, off, share }: Amount): number {
    const { rows, lateCharge } = stoodOn(loan, today())
    const open = rows.filter((row) => owing(row) > 0n)
    const due = open.filter((row) => row.dueOn <= today())
    const marks = {
      share: BigInt(share),
      due: due.reduce((sum, row) => sum + owing(row), lateCharge),
      next: open[0] ? owing(open[0]) : 1n,
      all: open.reduce((sum, row) => sum + owing(row), lateCharge),
      prepaid: owedPrincipal(rows) + (due[0] ? 0n : (open[0]?.interest ?? 0n)),
    }
    return Math.max(1, Number(marks[mark]) + off)
  }

  async pay({ of, amount: asked, from, excess, again }: Pay, alone: boolean): Promise<void> {
    const loan = this.loans[of] as Lived
    const amount = this.amountOf(loan, asked)
    const held = this.wallet()
    const active = !loan.foreclosed && stoodOn(loan, today()).closedOn === null
    const quoted = await call('ravi', `GET /api/v1/loans/${loan.id}/repayment-quote?amount=${amount}&from=${from}&excess=${excess}`)
    const body = { payment: `slip-${++slips}`, amount, currency: 'INR', from, excess }
    const target = `POST /api/v1/loans/${loan.id}/repayments`
    const key = `pay-${slips}`
    const [paid, twin] = await Promise.all([call('ravi', target, { body, key }), again ? call('ravi', target, { body, key }) : undefined])
    if (twin) assert.equal(twin.text, paid.text)
    if (alone) {
      const refused = active ? 'ledger.insufficient' : 'lending.loan_not_active'
      assert.equal(paid.code, active && (from === 'cash' || BigInt(amount) <= held) ? undefined : refused, paid.text)
    }
    if (paid.status !== 201) return
    loan.paid.set(String(paid.body['id']), { on: today(), amount: BigInt(amount), excess, from })
    if (again) assert.equal((await call('ravi', target, { body })).code, 'lending.payment_known')
    if (alone) await this.asQuoted(paid.body, quoted.body)
    assert.equal(
      Object.values(paid.body['split'] as unknown as Record<string, number>).reduce((a, b) => a + b, 0),
      amount,
    )
  }

  async asQuoted({ loan, receipt, amount }: Told, { legs, after, allocation }: Told): Promise<void> {
    assert.deepEqual(
      (legs as Told[])
        .map((leg) => ({ account: leg['account'], amount: leg['amount'] }))
        .toSorted((a, b) => (String(a.account) < String(b.account) ? -1 : 1)),
      await legsOf(receipt),
    )
    assert.equal(
      (allocation as Told[]).reduce((sum, { paid }) => sum + Number(paid), 0),
      amount,
    )
    const { toPay, dpd, bucket, state, outstanding } = (await call('ravi', `GET /api/v1/loans/${String(loan)}`)).body as Told
    assert.deepEqual(after, { toPay, dpd, bucket, principal: (outstanding as Told)['principal'], state })
  }

  async reverse({ of, which, again }: Reverse, alone: boolean): Promise<void> {
    const loan = this.loans[of] as Lived
    const ids = [...loan.paid.keys()]
    const repayment = ids[which % ids.length]
    if (repayment === undefined) return
    const short = this.wallet({ loan, repayment }) < 0n && this.wallet({ loan, repayment }) < this.wallet()
    const target = `POST /api/v1/loans/${loan.id}/repayments/${repayment}/reversal`
    const asked = { body: { reason: 'bounced' }, key: `reverse-${++slips}` }
    const [done, twin] = await Promise.all([call('ravi', target, asked), again ? call('ravi', target, asked) : undefined])
    if (twin) assert.equal(twin.text, done.text)
    if (alone) assert.equal(done.code, loan.foreclosed ? 'lending.loan_not_active' : short ? 'ledger.insufficient' : undefined, done.text)
    if (done.status === 201) loan.paid.delete(repayment)
    if (done.status === 201 && again)
      assert.equal((await call('ravi', target, { ...asked, key: `reverse-${++slips}` })).code, 'lending.repayment_reversed')
  }

  async foreclose({ of, from, later }: Extract<Step, { kind: 'foreclose' }>): Promise<void> {
    const loan = this.loans[of] as Lived
    const on = addDays(today(), later)
    const quoted = await call('ravi', `GET /api/v1/loans/${loan.id}/foreclosure-quote?on=${on}`)
    if (loan.foreclosed || stoodOn(loan, today()).closedOn !== null) return assert.equal(quoted.code, 'lending.loan_not_active')
    if (later > 0) await w.travelTo(on)
    const { quoteId, total } = quoted.body as unknown as { readonly quoteId: string; readonly total: number }
    assert.equal(total, endsAt(loan, on))
    const short = from === 'wallet' && total > 0 && this.wallet() < BigInt(total)
    const body = { quoteId, on, total, from }
    const ended = await call('ravi', `POST /api/v1/loans/${loan.id}/foreclosure`, { body })
    if (short) return assert.equal(ended.code, 'ledger.insufficient')
    assert.equal(ended.status, 200, ended.text)
    if (from === 'wallet') this.beside -= BigInt(total)
    loan.foreclosed = true
    const source = from === 'cash' ? 'cash' : `wallet:${meera}`
    assert.equal((await legsOf(ended.body['receipt'])).find(({ account }) => account === source)?.['amount'] ?? 0, total)
  }

  async cash({ out, amount }: Cash, alone: boolean): Promise<void> {
    const held = this.wallet()
    const moved = await call('ravi', `POST /api/v1/people/${meera}/${out ? 'withdrawals' : 'deposits'}`, {
      body: { payment: `slip-${++slips}`, amount, currency: 'INR' },
    })
    if (alone) assert.equal(moved.code, out && BigInt(amount) > held ? 'ledger.insufficient' : undefined)
    if (moved.status === 201) this.beside += BigInt(out ? -amount : amount)
  }

  async act(step: Step, alone = true): Promise<void> {
    if (step.kind === 'days') return w.travelTo(addDays(today(), step.days))
    if (step.kind === 'pay') return this.pay(step, alone)
    if (step.kind === 'reverse') return this.reverse(step, alone)
    if (step.kind === 'cash') return this.cash(step, alone)
    if (step.kind === 'foreclose') return this.foreclose(step)
    if (step.kind === 'together') {
      await Promise.all(step.steps.map((one) => this.act(one, false)))
      for (const loan of this.loans) await inOrder(w, loan)
      return undefined
    }
    const loan = this.loans[step.of] as Lived
    const next = stoodOn(loan, today()).rows.find((row) => row.dueOn > today())
    const day = next ? addDays(next.dueOn, step.off) : today()
    if (day > today() && daysBetween(today(), day) < 40) await w.travelTo(day)
    return undefined
  }

  async check(): Promise<void> {
    for (const loan of this.loans) await agrees(call, loan, today())
    assert.deepEqual(
      await breaksOf(
        w.db.pool,
        this.loans.map(({ id }) => id),
      ),
      [],
    )
    assert.equal(await wallet(), Number(this.wallet()))
  }
}

/** The trial balance now and as of days all along. */
const balancesToZero = async (): Promise<void> => {
  const days: (string | undefined)[] = [undefined]
  for (let at = 0; at < 12; at += 1) days.push(addDays(today(), -13 * at))
  for (const on of days) {
    const { status, body } = await call('anil', `GET /api/v1/reports/trial-balance${on === undefined ? '' : `?on=${on}`}`)
    assert.deepEqual([status, body['difference']], [200, 0])
  }
}

test('random lives of loans: as a plain model has them; rows, ledger, events, views agree; quotes are what is posted', async () => {
  const lives = fc.asyncProperty(lifeOf, async ({ loans, steps }) => {
    const life = new Life()
    life.beside = BigInt(await wallet())
    for (const { kind, principal, instalments } of loans) await life.open(kind, principal, instalments)
    for (const step of steps) {
      await life.act(step)
      await life.check()
    }
    for (const loan of life.loans) await announced(w, call, loan)
    assert.deepEqual(await breaks(w.db.pool), [])
    await overviewAgrees(call, today())
    await balancesToZero()
  })
  await fc.assert(lives, { numRuns: rounds, endOnFailure: true, interruptAfterTimeLimit: timeMaxMs })
})
