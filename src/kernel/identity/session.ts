import { hash } from 'node:crypto'
import { keys, rows, sql } from '#kernel/db'
import { each, keyed } from '#kernel/tx'

export interface SessionRow {
  readonly id: string
  readonly person: string
  readonly refresh: string
  readonly rotated_at: string | null
  readonly expires_at: string
  readonly ended_at: string | null
}

export const lockSession = keyed<SessionRow>(
  sql`select id, person, refresh, rotated_at, expires_at, ended_at from identity.session where id = any(${keys('text')}) order by id for update`,
  'id',
)

export const insertSession = each<{ id: string; person: string; refresh: string; created_at: string; expires_at: string }>(sql`
  insert into identity.session (id, person, refresh, created_at, expires_at) select id, person, refresh, created_at, expires_at
  from ${rows({ id: 'text', person: 'text', refresh: 'text', created_at: 'timestamptz', expires_at: 'timestamptz' })} x`)

export const rotateSession = each<{ id: string; refresh: string; at: string }>(sql`
  update identity.session s set refresh = x.refresh, rotated_at = x.at from ${rows({ id: 'text', refresh: 'text', at: 'timestamptz' })} x
  where s.id = x.id`)

export const endSession = each<{ id: string; at: string; why: string }>(sql`
  update identity.session s set ended_at = x.at, ended_why = x.why from ${rows({ id: 'text', at: 'timestamptz', why: 'text' })} x
  where s.id = x.id and s.ended_at is null`)

export const endSessionsOf = each<{ person: string; at: string; why: string }>(sql`
  update identity.session s set ended_at = x.at, ended_why = x.why from ${rows({ person: 'text', at: 'timestamptz', why: 'text' })} x
  where s.person = x.person and s.ended_at is null`)

/** What is kept of a refresh token: 256 random bits need no slow hash. */
export function refreshHash(secret: string): string {
  return hash('sha256', secret)
}
