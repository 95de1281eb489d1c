create schema jobs;
grant usage on schema jobs to holdfast;

-- Work to be done once, outside the transaction that asked for it. due_at is business time; leases are machine time.
create table jobs.job (
  id text primary key,
  name text not null,
  input text not null,
  behalf text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  tries integer not null default 0,
  due_at timestamptz not null,
  lease_until timestamptz,
  error text,
  asked_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 70);
create index job_due on jobs.job (due_at, id) where state = 'queued';
create index job_leased on jobs.job (lease_until) where state = 'running';
grant select, insert, update on jobs.job to holdfast;

-- One row a nominal time of a schedule: the unique key is what makes it fire once.
create table jobs.fire (
  schedule text not null,
  nominal timestamptz not null,
  state text not null check (state in ('running', 'done', 'failed')),
  tries integer not null default 1,
  lease_until timestamptz,
  started_at timestamptz not null default pg_catalog.now(),
  ended_at timestamptz,
  error text,
  primary key (schedule, nominal)
);
grant select, insert, update on jobs.fire to holdfast;

-- What was run, when, and what became of it.
create table jobs.run (
  id text primary key,
  name text not null,
  job text,
  nominal timestamptz,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  outcome text not null check (outcome in ('done', 'retry', 'failed')),
  error text
);
create index run_name on jobs.run (name, id);
grant select, insert on jobs.run to holdfast;

-- The sandbox's clock: how far business time is from machine time. Moves forward only.
create table jobs.clock (
  id boolean primary key default true check (id),
  shift_ms bigint not null
);
grant select, insert, update on jobs.clock to holdfast;
