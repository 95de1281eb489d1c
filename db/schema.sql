-- The whole database in one picture, written from its catalogs by `node bin/run.cjs schema`. Not run by anything.

schema audit
  grant usage to holdfast

table audit.record
  grant insert, select to holdfast
  id text not null
  tx xid8 not null default pg_current_xact_id()
  at timestamp with time zone not null
  operation text not null
  person text not null
  object text
  outcome text not null
  body text not null
  salt bytea not null
  digest bytea not null
  constraint record_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text, 'failed'::text])))
  constraint record_pkey PRIMARY KEY (id)
  create INDEX record_object ON audit.record USING btree (object, id) WHERE (object IS NOT NULL)
  create INDEX record_person ON audit.record USING btree (person, id)
  create INDEX record_tx ON audit.record USING btree (tx)

schema breakers
  grant usage to holdfast

table breakers.standing_order
  grant insert, select to holdfast
  seq bigint not null generated always as identity
  breaker text not null
  action text not null
  reason text not null
  person text not null
  at timestamp with time zone not null
  constraint standing_order_action_check CHECK ((action = ANY (ARRAY['force_open'::text, 'close'::text, 'disable'::text, 'metrics_only'::text, 'reset'::text])))
  constraint standing_order_pkey PRIMARY KEY (seq)
  create INDEX standing_order_last ON breakers.standing_order USING btree (breaker, seq DESC)

sequence breakers.standing_order_seq_seq as bigint start 1 increment 1 cache 1

schema db
  grant usage to holdfast

table db.migration
  grant select to holdfast
  number integer not null
  name text not null
  sha256 text not null
  applied_at timestamp with time zone not null default now()
  constraint migration_name_key UNIQUE (name)
  constraint migration_pkey PRIMARY KEY (number)

schema events
  grant usage to holdfast

table events.event
  grant insert, select to holdfast
  pos bigint not null generated always as identity
  tx xid8 not null default pg_current_xact_id()
  id text not null
  key text not null
  type text not null
  at timestamp with time zone not null
  principal text not null
  body text not null
  salt bytea not null
  digest bytea not null
  constraint event_id_key UNIQUE (id)
  constraint event_pkey PRIMARY KEY (tx, pos)
  create INDEX event_key ON events.event USING btree (key, pos)

sequence events.event_pos_seq as bigint start 1 increment 1 cache 1

table events.member
  grant delete, insert, select, update to holdfast
  consumer text not null
  owner text not null
  seen_at timestamp with time zone not null
  constraint member_pkey PRIMARY KEY (consumer, owner)

table events.parked
  grant delete, insert, select, update to holdfast
  id text not null
  consumer text not null
  key text not null
  pos bigint not null
  event text not null
  state text not null
  tries integer not null
  next_at timestamp with time zone not null
  fault text
  error text
  parked_at timestamp with time zone not null default now()
  constraint parked_consumer_event_key UNIQUE (consumer, event)
  constraint parked_pkey PRIMARY KEY (id)
  constraint parked_state_check CHECK ((state = ANY (ARRAY['retrying'::text, 'waiting'::text, 'dead'::text])))
  create INDEX parked_due ON events.parked USING btree (consumer, next_at) WHERE (state = 'retrying'::text)
  create INDEX parked_key ON events.parked USING btree (consumer, key, pos)

table events.progress
  grant delete, insert, select to holdfast
  consumer text not null
  n bigint not null generated always as identity
  slots integer not null
  seen text not null
  reading text
  pos bigint not null
  constraint progress_pkey PRIMARY KEY (consumer, n)

sequence events.progress_n_seq as bigint start 1 increment 1 cache 1

table events.slot with (fillfactor=50)
  grant insert, select, update to holdfast
  consumer text not null
  slot integer not null
  owner text
  epoch bigint not null default 0
  constraint slot_pkey PRIMARY KEY (consumer, slot)

schema identity
  grant usage to holdfast

table identity.invitation
  grant insert, select, update to holdfast
  token text not null
  expires_at timestamp with time zone not null
  used_at timestamp with time zone
  constraint invitation_pkey PRIMARY KEY (token)

table identity.person
  grant insert, select, update to holdfast
  id text not null
  name text not null
  phone text not null
  email text
  pan text
  login text
  password text
  roles text[] not null default '{}'::text[]
  state text not null default 'active'::text
  failures integer not null default 0
  locked_until timestamp with time zone
  created_at timestamp with time zone not null
  constraint person_login_key UNIQUE (login)
  constraint person_phone_key UNIQUE (phone)
  constraint person_pkey PRIMARY KEY (id)
  constraint person_state_check CHECK ((state = ANY (ARRAY['active'::text, 'deactivated'::text])))
  create INDEX person_pan ON identity.person USING btree (pan) WHERE (pan IS NOT NULL)

table identity.session
  grant delete, insert, select, update to holdfast
  id text not null
  person text not null
  refresh text not null
  created_at timestamp with time zone not null
  expires_at timestamp with time zone not null
  ended_at timestamp with time zone
  ended_why text
  rotated_at timestamp with time zone
  constraint session_pkey PRIMARY KEY (id)
  create INDEX session_person ON identity.session USING btree (person) WHERE (ended_at IS NULL)

schema jobs
  grant usage to holdfast

table jobs.clock
  grant insert, select, update to holdfast
  id boolean not null default true
  shift_ms bigint not null
  stands_at timestamp with time zone
  constraint clock_id_check CHECK (id)
  constraint clock_pkey PRIMARY KEY (id)

table jobs.fire
  grant insert, select, update to holdfast
  schedule text not null
  nominal timestamp with time zone not null
  state text not null
  tries integer not null default 1
  lease_until timestamp with time zone
  started_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  error text
  retry_at timestamp with time zone
  constraint fire_pkey PRIMARY KEY (schedule, nominal)
  constraint fire_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])))

table jobs.job with (fillfactor=70)
  grant insert, select, update to holdfast
  id text not null
  name text not null
  input text not null
  behalf text not null
  state text not null default 'queued'::text
  tries integer not null default 0
  due_at timestamp with time zone not null
  lease_until timestamp with time zone
  error text
  asked_at timestamp with time zone not null
  ended_at timestamp with time zone
  constraint job_pkey PRIMARY KEY (id)
  constraint job_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
  create INDEX job_due ON jobs.job USING btree (due_at, id) WHERE (state = 'queued'::text)
  create INDEX job_leased ON jobs.job USING btree (lease_until) WHERE (state = 'running'::text)

table jobs.run
  grant insert, select, update to holdfast
  id text not null
  name text not null
  job text
  nominal timestamp with time zone
  started_at timestamp with time zone not null
  ended_at timestamp with time zone not null
  outcome text not null
  error text
  tries integer not null default 1
  constraint run_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'retry'::text, 'failed'::text])))
  constraint run_pkey PRIMARY KEY (id)
  create INDEX run_name ON jobs.run USING btree (name, id)
  create UNIQUE INDEX run_nominal ON jobs.run USING btree (name, nominal, outcome) WHERE (nominal IS NOT NULL)

schema ledger
  grant usage to holdfast

table ledger.account with (fillfactor=70)
  grant insert, select to holdfast
  id text not null
  code text not null
  unit text not null
  side text not null
  min bigint
  owner text
  posted bigint not null default 0 grant holdfast=w/holdfast_owner
  held bigint not null default 0 grant holdfast=w/holdfast_owner
  n bigint not null default 0 grant holdfast=w/holdfast_owner
  head text not null grant holdfast=w/holdfast_owner
  opened_at timestamp with time zone not null default now()
  constraint account_held_check CHECK ((held >= 0))
  constraint account_pkey PRIMARY KEY (id)
  constraint account_side_check CHECK ((side = ANY (ARRAY['debit'::text, 'credit'::text])))
  create INDEX account_code ON ledger.account USING btree (code, id)
  create INDEX account_owner ON ledger.account USING btree (owner) WHERE (owner IS NOT NULL)

table ledger.entry
  grant insert, select to holdfast
  account text not null
  n bigint not null
  transfer text not null
  amount bigint not null
  posted bigint not null
  at timestamp with time zone not null
  booked_on date not null
  hash text not null
  constraint entry_amount_check CHECK ((amount <> 0))
  constraint entry_pkey PRIMARY KEY (account, n)
  create INDEX entry_booked ON ledger.entry USING brin (booked_on) WITH (pages_per_range='32', autosummarize='on')

table ledger.held_change
  grant insert, select to holdfast
  account text not null
  n bigint not null generated always as identity
  hold text not null
  amount bigint not null
  since timestamp with time zone not null
  at timestamp with time zone not null
  constraint held_change_amount_check CHECK ((amount <> 0))
  constraint held_change_pkey PRIMARY KEY (account, n)

sequence ledger.held_change_n_seq as bigint start 1 increment 1 cache 1

table ledger.hold
  grant insert, select to holdfast
  id text not null
  key text not null
  account text not null
  target text not null
  unit text not null
  amount bigint not null
  captured bigint not null default 0 grant holdfast=w/holdfast_owner
  state text not null grant holdfast=w/holdfast_owner
  expires_at timestamp with time zone not null
  constraint hold_amount_check CHECK ((amount > 0))
  constraint hold_key_key UNIQUE (key)
  constraint hold_pkey PRIMARY KEY (id)
  constraint hold_state_check CHECK ((state = ANY (ARRAY['open'::text, 'captured'::text, 'released'::text, 'expired'::text])))
  create INDEX hold_expiry ON ledger.hold USING btree (expires_at) WHERE (state = 'open'::text)

table ledger.transfer
  grant insert, select to holdfast
  id text not null
  key text not null
  tx xid8 not null default pg_current_xact_id()
  at timestamp with time zone not null
  booked_on date not null
  operation text not null
  reverses text
  body text not null
  salt bytea not null
  digest bytea not null
  constraint transfer_pkey PRIMARY KEY (id)
  create UNIQUE INDEX transfer_key ON ledger.transfer USING btree (key, ((operation = 'ledger.transfer'::text)))
  create UNIQUE INDEX transfer_reverses ON ledger.transfer USING btree (reverses) WHERE (reverses IS NOT NULL)
  create INDEX transfer_tx ON ledger.transfer USING btree (tx)

schema lending
  grant usage to holdfast

table lending.instalment with (fillfactor=80)
  grant delete, insert, select, update to holdfast
  loan text not null
  number integer not null
  due_on date not null
  opening bigint not null
  principal bigint not null
  interest bigint not null
  paid_principal bigint not null default 0
  paid_interest bigint not null default 0
  paid_on date
  fallen boolean not null default false
  constraint instalment_check CHECK (((paid_principal >= 0) AND (paid_principal <= principal)))
  constraint instalment_check1 CHECK (((paid_interest >= 0) AND (paid_interest <= interest)))
  constraint instalment_interest_check CHECK ((interest >= 0))
  constraint instalment_pkey PRIMARY KEY (loan, number)
  constraint instalment_principal_check CHECK ((principal >= 0))
  create INDEX instalment_due ON lending.instalment USING btree (due_on)
  create INDEX instalment_to_fall ON lending.instalment USING btree (due_on, loan) WHERE (NOT fallen)

table lending.loan with (fillfactor=80)
  grant insert, select, update to holdfast
  id text not null
  state text not null
  person text not null
  person_name text not null
  pan text
  product text not null
  product_name text not null
  product_version integer not null
  approval text not null
  principal bigint not null
  currency text not null
  instalments integer not null
  annual_rate text not null
  method text not null
  frequency text not null
  day_count text not null
  rounding text not null
  late_per_day text not null
  foreclosure_rate text not null
  foreclosure_tax text not null
  fee bigint not null
  fee_tax bigint not null
  instalment bigint not null
  apr text not null
  monthly_income bigint
  applied_at timestamp with time zone not null
  applied_by text not null
  score integer
  decision text
  reasons text not null default '[]'::text
  decided_by text
  offer_expires_on date
  rejected_reason text
  failure text
  disbursed_on date
  first_due_on date
  ended_on date
  late_amount_days numeric not null default 0
  late_until date
  late_paid bigint not null default 0
  npa boolean not null default false
  unpaid_since date
  revision bigint not null default 0
  constraint loan_fee_check CHECK ((fee >= 0))
  constraint loan_fee_tax_check CHECK ((fee_tax >= 0))
  constraint loan_instalments_check CHECK ((instalments > 0))
  constraint loan_pkey PRIMARY KEY (id)
  constraint loan_principal_check CHECK ((principal > 0))
  constraint loan_state_check CHECK ((state = ANY (ARRAY['applied'::text, 'assessing'::text, 'offered'::text, 'referred'::text, 'rejected'::text, 'accepted'::text, 'expired'::text, 'active'::text, 'closed'::text, 'foreclosed'::text])))
  create INDEX loan_person ON lending.loan USING btree (person, id)
  create INDEX loan_state ON lending.loan USING btree (state, id)
  create INDEX loan_unpaid ON lending.loan USING btree (unpaid_since) WHERE (state = 'active'::text)

table lending.movement with (fillfactor=80)
  grant insert, select to holdfast
  id text not null
  loan text not null
  kind text not null
  at timestamp with time zone not null
  booked_on date not null
  amount bigint not null
  late_charge bigint not null default 0
  interest bigint not null default 0
  principal bigint not null default 0
  wallet bigint not null default 0
  balance bigint not null
  transfer text not null
  payment text
  source text
  reversed_by text grant holdfast=w/holdfast_owner
  reason text
  excess text
  constraint movement_kind_check CHECK ((kind = ANY (ARRAY['disbursal'::text, 'repayment'::text, 'reversal'::text, 'foreclosure'::text, 'interest_due'::text])))
  constraint movement_payment_key UNIQUE (payment)
  constraint movement_pkey PRIMARY KEY (loan, id)
  create INDEX movement_booked ON lending.movement USING brin (booked_on) WITH (pages_per_range='32', autosummarize='on')

table lending.product
  grant insert, select to holdfast
  id text not null
  version integer not null
  name text not null
  currency text not null
  principal_min bigint not null
  principal_max bigint not null
  instalments_min integer not null
  instalments_max integer not null
  annual_rate text not null
  method text not null
  frequency text not null
  day_count text not null
  rounding text not null
  fee_rate text not null
  fee_tax text not null
  late_per_day text not null
  foreclosure_rate text not null
  foreclosure_tax text not null
  approval text not null
  made_at timestamp with time zone not null
  constraint product_approval_check CHECK ((approval = ANY (ARRAY['score'::text, 'officer'::text])))
  constraint product_check CHECK (((principal_min <= principal_max) AND (instalments_min <= instalments_max)))
  constraint product_instalments_min_check CHECK ((instalments_min > 0))
  constraint product_pkey PRIMARY KEY (id, version)
  constraint product_principal_min_check CHECK ((principal_min > 0))
  constraint product_version_check CHECK ((version > 0))

schema operations
  grant usage to holdfast

table operations.answer
  grant delete, insert, select to holdfast
  id text not null
  caller text not null
  operation text not null
  key text not null
  input text not null
  status integer not null
  body text not null
  fault text
  at timestamp with time zone not null
  kept_at timestamp with time zone not null default now()
  constraint answer_pkey PRIMARY KEY (id)
  create INDEX answer_kept_at ON operations.answer USING brin (kept_at) WITH (pages_per_range='32', autosummarize='on')

schema seal
  grant usage to holdfast

table seal.checkpoint
  grant insert, select to holdfast
  size bigint not null
  root bytea not null
  frontier bytea not null
  progress text not null
  note text not null
  last_tx xid8 not null
  constraint checkpoint_pkey PRIMARY KEY (size)
  create INDEX checkpoint_tx ON seal.checkpoint USING btree (last_tx, size)

table seal.leaf
  grant insert, select to holdfast
  seq bigint not null
  stream text not null
  row_id text not null
  hash bytea not null
  constraint leaf_pkey PRIMARY KEY (seq)
  constraint leaf_seq_check CHECK ((seq >= 0))

table seal.subtree
  grant insert, select to holdfast
  level smallint not null
  place bigint not null
  hash bytea not null
  constraint subtree_level_check CHECK ((level > 0))
  constraint subtree_pkey PRIMARY KEY (level, place)

schema stream_store
  grant usage to holdfast

table stream_store.block
  grant delete, insert, select to holdfast
  run integer not null
  "position" bigint not null
  part integer not null
  body text not null storage e
  constraint block_pkey PRIMARY KEY (run, "position", part)
  constraint block_run_fkey FOREIGN KEY (run) REFERENCES stream_store.run(id)

table stream_store.output
  grant delete, insert, select to holdfast
  run integer not null
  seq bigint not null
  count integer not null
  body text not null
  constraint output_pkey PRIMARY KEY (run, seq)
  constraint output_run_fkey FOREIGN KEY (run) REFERENCES stream_store.run(id)

table stream_store.run
  grant insert, select, update to holdfast
  id integer not null generated always as identity
  name text not null
  shape text not null
  "position" bigint not null default 0
  outputs bigint not null default 0
  epoch bigint not null default 0
  constraint run_name_key UNIQUE (name)
  constraint run_pkey PRIMARY KEY (id)

sequence stream_store.run_id_seq as integer start 1 increment 1 cache 1
