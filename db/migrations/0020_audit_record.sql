create schema audit;
grant usage on schema audit to holdfast;

-- One row a call, done or refused. The body is the record; the other columns find it. digest = SHA-256(salt, body).
create table audit.record (
  id text primary key,
  tx xid8 not null default pg_catalog.pg_current_xact_id(),
  at timestamptz not null,
  operation text not null,
  person text not null,
  object text,
  outcome text not null check (outcome in ('done', 'refused', 'failed')),
  body text not null,
  salt bytea not null,
  digest bytea not null
);
create index record_tx on audit.record (tx);
create index record_object on audit.record (object, id) where object is not null;
create index record_person on audit.record (person, id);
grant select, insert on audit.record to holdfast;
