import { deactivate, giveLogin, reactivate, register } from '#kernel/identity'
import type { Principal } from '#kernel/operations'
import {
  accept,
  apply,
  approve,
  deposit,
  disburse,
  foreclose,
  foreclosureQuote,
  loan as loanView,
  reject,
  repay,
  reverseRepayment,
  statement,
  withdraw,
} from '#systems/lending'
import type { Borrower } from './borrower.ts'
import type { Desk } from './desk.ts'
import { demoPassword, type Staff } from './people.ts'
import type { Application } from './plan.ts'
import type { ProductName } from './products.ts'
import type { Payment } from './repaying.ts'
import type { Step } from './steps.ts'

const HUNDRED = 10_000
const FIVE_HUNDRED = 50_000
const upTo = (amount: number, step: number): number => Math.ceil(amount / step) * step
const downTo = (amount: number, step: number): number => Math.floor(amount / step) * step
const KEPT_IN_WALLET = 0.06
const MORE_INSTALMENTS = 3
const STATEMENT_LINES = 200

/** What people at the demo lender do; each deed has a key, so that doing it again does nothing. */
export class Deeds {
  readonly #desk: Desk
  readonly #staff: Staff
  readonly #products: Readonly<Record<ProductName, string>>
  readonly #people = new Map<number, Promise<Principal>>()
  readonly #loans = new Map<number, Promise<string>>()

  constructor(desk: Desk, staff: Staff, products: Readonly<Record<ProductName, string>>) {
    this.#desk = desk
    this.#staff = staff
    this.#products = products
  }

  /** The loan that an application became; the application is made if it wasn't yet. */
  loanOf(application: Application): Promise<string> {
    const known = this.#loans.get(application.number)
    if (known) return known
    const made = this.#apply(application)
    this.#loans.set(application.number, made)
    return made
  }

  async do(application: Application, step: Step): Promise<void> {
    const loan = await this.loanOf(application)
    const borrower = await this.#person(application.borrower)
    const deed = { application, loan, borrower, key: String(application.number) }
    if (step.do === 'pay') return this.#pay(deed, step.payment)
    if (step.do === 'bounce') return this.#bounce(deed, step.payment)
    if (step.do === 'apply') return
    return this.#deeds[step.do](deed)
  }

  readonly #deeds: Readonly<
    Record<'approve' | 'reject' | 'hold' | 'accept' | 'clear' | 'withdraw' | 'foreclose', (deed: Deed) => Promise<void>>
  > = {
    approve: async ({ application, loan, key }) => {
      const { credit_officer, admin } = this.#staff
      const own = application.by === 'credit_officer'
      if (own) {
        const asked = { input: { loan }, key: `approve-own:${key}`, refusal: 'lending.own_application' }
        await this.#desk.attempt(credit_officer, approve, asked)
      }
      await this.#desk.ask(own ? admin : credit_officer, approve, { input: { loan }, key: `approve:${key}` })
    },
    reject: async ({ application, loan, key }) => {
      const { credit_officer, admin } = this.#staff
      const input = { loan, reason: 'The income stated could not be shown by bank statements.' }
      await this.#desk.ask(application.by === 'credit_officer' ? admin : credit_officer, reject, { input, key: `reject:${key}` })
    },
    hold: async ({ borrower, key }) => {
      const input = { person: borrower.id, reason: 'Nobody was met at the address given; the visit is repeated.' }
      await this.#desk.ask(this.#staff.admin, deactivate, { input, key: `hold:${key}` })
    },
    accept: async ({ application, loan, borrower, key }) => {
      await this.#desk.ask(this.#byOrFor(application, borrower), accept, { input: { loan }, key: `accept:${key}` })
    },
    clear: async ({ loan, borrower, key }) => {
      const { admin, credit_officer } = this.#staff
      await this.#desk.ask(admin, reactivate, { input: { person: borrower.id }, key: `clear:${key}` })
      await this.#desk.ask(credit_officer, disburse, { input: { loan }, key: `disburse:${key}` })
    },
    withdraw: async ({ application, loan, borrower, key }) => {
      const { netDisbursed } = await this.#desk.look(this.#staff.cashier, loanView, { loan })
      const all = application.course.kind === 'late'
      const amount = all ? netDisbursed : downTo(netDisbursed * (1 - KEPT_IN_WALLET), FIVE_HUNDRED)
      const input = { person: borrower.id, payment: `NEFT-${slip(application)}`, amount, currency: 'INR' }
      await this.#desk.ask(this.#staff.cashier, withdraw, { input, key: `withdraw:${key}` })
    },
    foreclose: async ({ application, loan, borrower, key }) => {
      const { cashier } = this.#staff
      const { quoteId, on, total } = await this.#desk.look(cashier, foreclosureQuote, { loan })
      await this.#deposit(borrower, { id: `END-${slip(application)}`, amount: upTo(total, FIVE_HUNDRED) })
      const input = { loan, quoteId, on, total, from: 'wallet' }
      await this.#desk.ask(this.#byOrFor(application, borrower), foreclose, { input, key: `foreclose:${key}` })
    },
  }

  async #apply(application: Application): Promise<string> {
    const borrower = await this.#person(application.borrower)
    const { principal, instalments, monthlyIncome, by } = application
    const who = by === 'borrower' ? borrower : this.#staff[by]
    const input = {
      person: borrower.id,
      product: this.#products[application.product],
      principal,
      currency: 'INR',
      instalments,
      monthlyIncome,
    }
    return (await this.#desk.ask(who, apply, { input, key: `apply:${application.number}` })).id
  }

  #person(borrower: Borrower): Promise<Principal> {
    const known = this.#people.get(borrower.number)
    if (known) return known
    const made = this.#register(borrower)
    this.#people.set(borrower.number, made)
    return made
  }

  async #register({ number, name, phone, email, pan, login }: Borrower): Promise<Principal> {
    const { cashier, admin } = this.#staff
    const { id } = await this.#desk.ask(cashier, register, { input: { name, phone, email, pan }, key: `register:${number}` })
    if (login !== undefined) {
      const input = { person: id, login, password: demoPassword, roles: ['borrower'] }
      await this.#desk.ask(admin, giveLogin, { input, key: `login:${login}` })
    }
    return { id, name, kind: 'person', roles: ['borrower'] }
  }

  /** The borrower themself if they have a login; else whoever stands at the desk. */
  #byOrFor({ borrower: { login } }: Application, borrower: Principal): Principal {
    return login === undefined ? this.#staff.cashier : borrower
  }

  async #deposit(borrower: Principal, { id, amount }: { readonly id: string; readonly amount: number }): Promise<void> {
    const input = { person: borrower.id, payment: `DEP-${id}`, amount, currency: 'INR' }
    await this.#desk.ask(this.#staff.cashier, deposit, { input, key: `deposit:${id}` })
  }

  async #pay({ application, loan, borrower }: Deed, payment: Payment): Promise<void> {
    if (await this.#booked(loan, payment.id)) return
    const amount = await this.#amountOf(loan, payment)
    if (amount === undefined) return
    const { id, from, excess, dry = false } = payment
    const asked = { input: { loan, payment: id, amount, currency: 'INR', from, excess }, key: `pay:${id}` }
    const who = from === 'cash' ? this.#staff.cashier : this.#byOrFor(application, borrower)
    if (dry) return this.#desk.attempt(who, repay, { ...asked, refusal: 'ledger.insufficient' })
    if (from === 'wallet') await this.#deposit(borrower, { id, amount: upTo(amount, FIVE_HUNDRED) })
    await this.#desk.ask(who, repay, asked)
  }

  async #bounce({ loan }: Deed, payment: Payment): Promise<void> {
    const booked = await this.#booked(loan, payment.id)
    if (!booked || booked.reversedBy !== null) return
    const input = { loan, repayment: booked.id, reason: 'The cheque behind this payment came back unpaid.' }
    await this.#desk.ask(this.#staff.cashier, reverseRepayment, { input, key: `bounce:${payment.id}` })
  }

  /** The line of a payment in the loan's statement. Amounts follow from what is owed, so a payment that is there must not be reckoned again. */
  async #booked(loan: string, payment: string): Promise<{ readonly id: string; readonly reversedBy: string | null } | undefined> {
    const { items } = await this.#desk.look(this.#staff.cashier, statement, { loan, limit: STATEMENT_LINES })
    return items.find((line) => line.payment === payment)
  }

  async #amountOf(loan: string, { amount }: Payment): Promise<number | undefined> {
    const seen = await this.#desk.look(this.#staff.cashier, loanView, { loan })
    if (seen.state !== 'active') return undefined
    const due = seen.toPay > 0 ? seen.toPay : (seen.nextDue?.amount ?? 0)
    if (due === 0) return undefined
    if (amount === 'half') return upTo(due / 2, HUNDRED)
    if (amount === 'round') return upTo(due, FIVE_HUNDRED)
    return amount === 'more' ? due + MORE_INSTALMENTS * seen.instalment : due
  }
}

interface Deed {
  readonly application: Application
  readonly loan: string
  readonly borrower: Principal
  readonly key: string
}

const slip = ({ number }: Application): string => String(number + 1).padStart(4, '0')
