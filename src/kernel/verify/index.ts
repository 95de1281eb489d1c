export { verifyExport, type VerifyOptions } from './verify-export.ts'
export { Unusable, type Counts, type Finding, type Kind, type Verdict } from './verdict.ts'
