create schema operations;
grant usage on schema operations to holdfast;

-- What was answered under an idempotency key, as text, so that a replay is byte-identical. Kept 30 days.
create table operations.answer (
  id text primary key,
  caller text not null,
  operation text not null,
  key text not null,
  input text not null,
  status integer not null,
  body text not null,
  fault text,
  at timestamptz not null,
  kept_at timestamptz not null default pg_catalog.now()
);
create index answer_kept_at on operations.answer (kept_at);
grant select, insert, delete on operations.answer to holdfast;
