export { recordAudit, redact, type AuditEntry, type AuditOutcome } from './record.ts'
export { sealedAudit } from './sealed.ts'
export { auditPage, type AuditFilter } from './read.ts'
