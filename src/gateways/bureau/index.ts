export { bureauAt } from './bureau.ts'
export { sandboxBureau, type SandboxBureauOptions } from './sandbox.ts'
export { sandboxBureauServer, type SandboxBureauServer } from './sandbox-server.ts'
