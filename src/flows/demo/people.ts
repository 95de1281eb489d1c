import { demoSuffix, giveLogin, register } from '#kernel/identity'
import { type Principal, type Role, system } from '#kernel/operations'
import { meera } from './borrower.ts'
import type { Desk } from './desk.ts'

/** Somebody with a demo login; the password is no secret, for demo logins exist on loopback alone. */
export interface DemoPerson {
  readonly name: string
  readonly login: string
  readonly role: Role
  readonly phone: string
}

export const demoPassword = 'try-holdfast-now'

/** One person for each role that works here. */
const staff = {
  admin: { name: 'Asha Menon', login: `asha${demoSuffix}`, role: 'admin', phone: '+919000000001' },
  credit_officer: { name: 'Shreya Kulkarni', login: `shreya${demoSuffix}`, role: 'credit_officer', phone: '+919000000002' },
  cashier: { name: 'Ravi Deshpande', login: `ravi${demoSuffix}`, role: 'cashier', phone: '+919000000003' },
  auditor: { name: 'Farah Siddiqui', login: `farah${demoSuffix}`, role: 'auditor', phone: '+919000000004' },
} as const satisfies Record<string, DemoPerson>
export type StaffRole = keyof typeof staff
export type Staff = Readonly<Record<StaffRole, Principal>>

/** The logins that a start tells, and what each is for. */
export const demoLogins: readonly { readonly login: string; readonly name: string; readonly role: Role; readonly may: string }[] = [
  { ...staff.admin, may: 'runs the company: products, people, logins, the clock; and all that the others do' },
  { ...staff.credit_officer, may: 'takes applications and decides on those referred to an officer' },
  { ...staff.cashier, may: 'takes applications, deposits and repayments at the desk' },
  { ...staff.auditor, may: 'reads everything, changes nothing' },
  { ...meera, role: 'borrower', may: 'sees and repays her own loan' },
]

/** Makes the people who work at the demo lender; what is there already stays. */
export async function makeStaff(desk: Desk): Promise<Staff> {
  const house = system('demo')
  const made = await Promise.all(
    Object.values(staff).map(async ({ name, login, role, phone }): Promise<readonly [StaffRole, Principal]> => {
      const { id } = await desk.ask(house, register, { input: { name, phone }, key: login })
      await desk.ask(house, giveLogin, { input: { person: id, login, password: demoPassword, roles: [role] }, key: `login:${login}` })
      return [role, { id, name, kind: 'person', roles: [role] }]
    }),
  )
  return Object.fromEntries(made) as Staff
}
