create schema breakers;
grant usage on schema breakers to holdfast;

-- What people told circuit breakers to do, and why. The last order of a breaker is the one that counts, in every process and after a restart.
create table breakers.standing_order (
  seq bigint generated always as identity primary key,
  breaker text not null,
  action text not null check (action in ('force_open', 'close', 'disable', 'metrics_only', 'reset')),
  reason text not null,
  person text not null,
  at timestamptz not null
);
create index standing_order_last on breakers.standing_order (breaker, seq desc);
grant select, insert on breakers.standing_order to holdfast;
