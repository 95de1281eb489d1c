import { demoSuffix, giveLogin, register } from '#kernel/identity'
import type { Role, Run } from '#kernel/operations'

/** Somebody with a demo login; the password is no secret, for demo logins exist on loopback alone. */
export interface DemoPerson {
  readonly name: string
  readonly login: string
  readonly role: Role
  readonly phone: string
}

export const demoPassword = 'try-holdfast-now'

/** One person for each role. */
export const demoStaff: readonly DemoPerson[] = [
  { name: 'Asha Menon', login: `asha${demoSuffix}`, role: 'admin', phone: '+919810000001' },
  { name: 'Shreya Kulkarni', login: `shreya${demoSuffix}`, role: 'credit_officer', phone: '+919810000002' },
  { name: 'Ravi Deshpande', login: `ravi${demoSuffix}`, role: 'cashier', phone: '+919810000003' },
  { name: 'Farah Siddiqui', login: `farah${demoSuffix}`, role: 'auditor', phone: '+919810000004' },
]

/** Makes the people who work at the demo lender; each call does what is still missing. */
export async function makeStaff(run: Run): Promise<void> {
  for (const { name, login, role, phone } of demoStaff) {
    const { id } = await run(register, { name, phone }, { key: `demo:${login}` })
    await run(giveLogin, { person: id as `person_${string}`, login, password: demoPassword, roles: [role] }, { key: `demo:login:${login}` })
  }
}
