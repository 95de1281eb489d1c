create schema ledger;
grant usage on schema ledger to holdfast;

-- Amounts are in the account's unit, debit positive. head is the hash of the last entry, n how many there are.
create table ledger.account (
  id text primary key,
  code text not null,
  unit text not null,
  side text not null check (side in ('debit', 'credit')),
  min bigint,
  owner text,
  posted bigint not null default 0,
  held bigint not null default 0 check (held >= 0),
  n bigint not null default 0,
  head text not null,
  opened_at timestamptz not null default pg_catalog.now()
) with (fillfactor = 70);
create index account_code on ledger.account (code, id);
create index account_owner on ledger.account (owner) where owner is not null;
grant select, insert, update (posted, held, n, head) on ledger.account to holdfast;

-- The body is the record of a transfer: its legs with the entry each became. digest = SHA-256(salt, body).
create table ledger.transfer (
  id text primary key,
  key text not null unique,
  tx xid8 not null default pg_catalog.pg_current_xact_id(),
  at timestamptz not null,
  booked_on date not null,
  operation text not null,
  reverses text unique,
  body text not null,
  salt bytea not null,
  digest bytea not null
);
create index transfer_tx on ledger.transfer (tx);
grant select, insert on ledger.transfer to holdfast;

create table ledger.entry (
  account text not null,
  n bigint not null,
  transfer text not null,
  amount bigint not null check (amount <> 0),
  posted bigint not null,
  at timestamptz not null,
  booked_on date not null,
  hash text not null,
  primary key (account, n)
);
create index entry_transfer on ledger.entry (transfer);
create index entry_booked on ledger.entry (booked_on, account) include (amount, at);
grant select, insert on ledger.entry to holdfast;

create table ledger.hold (
  id text primary key,
  key text not null unique,
  account text not null,
  target text not null,
  unit text not null,
  amount bigint not null check (amount > 0),
  captured bigint not null default 0,
  state text not null check (state in ('open', 'captured', 'released', 'expired')),
  expires_at timestamptz not null
);
create index hold_expiry on ledger.hold (expires_at) where state = 'open';
grant select, insert, update (captured, state) on ledger.hold to holdfast;
