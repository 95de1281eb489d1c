-- A consumer group reads the log by key slots. A slot's cursor is the difference of two snapshots and how far into it the group is.
create table events.slot (
  consumer text not null,
  slot integer not null,
  seen text not null,
  reading text,
  pos bigint not null default 0,
  owner text,
  epoch bigint not null default 0,
  lease_until timestamptz not null default '-infinity',
  primary key (consumer, slot)
) with (fillfactor = 50);
grant select, insert, update on events.slot to holdfast;

create table events.member (
  consumer text not null,
  owner text not null,
  seen_at timestamptz not null,
  primary key (consumer, owner)
);
grant select, insert, update, delete on events.member to holdfast;

-- An event that failed, and behind it every later event of its key, in order. `dead` waits for a person.
create table events.parked (
  id text primary key,
  consumer text not null,
  key text not null,
  pos bigint not null,
  event text not null,
  state text not null check (state in ('retrying', 'waiting', 'dead')),
  tries integer not null,
  next_at timestamptz not null,
  fault text,
  error text,
  parked_at timestamptz not null default pg_catalog.now(),
  unique (consumer, event)
);
create index parked_key on events.parked (consumer, key, pos);
create index parked_due on events.parked (consumer, next_at) where state = 'retrying';
grant select, insert, update, delete on events.parked to holdfast;
