create schema lending;
grant usage on schema lending to holdfast;

-- Amounts are minor units, rates decimal strings in percent. A version never changes once a loan may have been made from it.
create table lending.product (
  id text not null,
  version integer not null check (version > 0),
  name text not null,
  currency text not null,
  principal_min bigint not null check (principal_min > 0),
  principal_max bigint not null,
  instalments_min integer not null check (instalments_min > 0),
  instalments_max integer not null,
  annual_rate text not null,
  method text not null,
  frequency text not null,
  day_count text not null,
  rounding text not null,
  fee_rate text not null,
  fee_tax text not null,
  late_per_day text not null,
  foreclosure_rate text not null,
  foreclosure_tax text not null,
  approval text not null check (approval in ('score', 'officer')),
  made_at timestamptz not null,
  primary key (id, version),
  check (principal_min <= principal_max and instalments_min <= instalments_max)
);
grant select, insert on lending.product to holdfast;

-- A loan keeps the terms of the product's version it was made from, and what it is called; late_* is the late charge as last reckoned.
create table lending.loan (
  id text primary key,
  state text not null check (state in
    ('applied', 'assessing', 'offered', 'referred', 'rejected', 'accepted', 'expired', 'active', 'closed', 'foreclosed')),
  person text not null,
  person_name text not null,
  pan text,
  product text not null,
  product_name text not null,
  product_version integer not null,
  approval text not null,
  principal bigint not null check (principal > 0),
  currency text not null,
  instalments integer not null check (instalments > 0),
  annual_rate text not null,
  method text not null,
  frequency text not null,
  day_count text not null,
  rounding text not null,
  late_per_day text not null,
  foreclosure_rate text not null,
  foreclosure_tax text not null,
  fee bigint not null check (fee >= 0),
  fee_tax bigint not null check (fee_tax >= 0),
  instalment bigint not null,
  apr text not null,
  monthly_income bigint,
  applied_at timestamptz not null,
  applied_by text not null,
  score integer,
  decision text,
  reasons text not null default '[]',
  decided_by text,
  offer_expires_on date,
  rejected_reason text,
  failure text,
  disbursed_on date,
  first_due_on date,
  ended_on date,
  late_amount_days bigint not null default 0,
  late_until date,
  late_paid bigint not null default 0,
  npa boolean not null default false,
  -- The due date of the oldest instalment that is not wholly paid: days past due rise from it with no row changed.
  unpaid_since date,
  revision bigint not null default 0
) with (fillfactor = 80);
create index loan_person on lending.loan (person, id);
create index loan_state on lending.loan (state, id);
create index loan_unpaid on lending.loan (unpaid_since) where state = 'active';
grant select, insert, update on lending.loan to holdfast;

-- fallen: its interest has become receivable and income. What is paid of the interest before that is a liability.
create table lending.instalment (
  loan text not null,
  number integer not null,
  due_on date not null,
  opening bigint not null,
  principal bigint not null check (principal >= 0),
  interest bigint not null check (interest >= 0),
  paid_principal bigint not null default 0 check (paid_principal between 0 and principal),
  paid_interest bigint not null default 0 check (paid_interest between 0 and interest),
  paid_on date,
  fallen boolean not null default false,
  primary key (loan, number)
) with (fillfactor = 80);
create index instalment_to_fall on lending.instalment (due_on, loan) where not fallen;
create index instalment_due on lending.instalment (due_on);
grant select, insert, update, delete on lending.instalment to holdfast;

-- Money in and out of a loan, as its statement tells it. undo holds what a reversal puts back.
create table lending.movement (
  id text primary key,
  loan text not null,
  kind text not null check (kind in ('disbursal', 'repayment', 'reversal', 'foreclosure', 'interest_due')),
  at timestamptz not null,
  booked_on date not null,
  amount bigint not null,
  late_charge bigint not null default 0,
  interest bigint not null default 0,
  principal bigint not null default 0,
  wallet bigint not null default 0,
  balance bigint not null,
  transfer text not null,
  payment text unique,
  source text,
  undo text,
  reversed_by text,
  reason text
) with (fillfactor = 80);
create index movement_loan on lending.movement (loan, id);
create index movement_booked on lending.movement (booked_on, kind);
grant select, insert, update (reversed_by) on lending.movement to holdfast;
