export { sandboxBureau, type SandboxBureauOptions } from './sandbox.ts'
