export { demoPassword, demoStaff, makeStaff, type DemoPerson } from './people.ts'
