create schema events;
grant usage on schema events to holdfast;

-- The event log. pos orders the events of one key; readers find new rows by the difference of two snapshots, never by pos alone.
create table events.event (
  pos bigint generated always as identity,
  tx xid8 not null default pg_catalog.pg_current_xact_id(),
  id text not null unique,
  key text not null,
  type text not null,
  at timestamptz not null,
  principal text not null,
  body text not null,
  salt bytea not null,
  digest bytea not null,
  primary key (tx, pos)
);
create index event_key on events.event (key, pos);
grant select, insert on events.event to holdfast;
