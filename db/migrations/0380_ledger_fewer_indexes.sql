-- What every posting pays for, where a cheaper index answers the same question. Rows come in the order of their booked day and of the time
-- they are kept until, so a summary of each stretch of the table finds them; and hardly any transfer reverses another.
drop index ledger.entry_booked;
create index entry_booked on ledger.entry using brin (booked_on) with (pages_per_range = 32, autosummarize = on);
drop index lending.movement_booked;
create index movement_booked on lending.movement using brin (booked_on) with (pages_per_range = 32, autosummarize = on);
drop index operations.answer_kept_at;
create index answer_kept_at on operations.answer using brin (kept_at) with (pages_per_range = 32, autosummarize = on);
alter table ledger.transfer drop constraint transfer_reverses_key;
create unique index transfer_reverses on ledger.transfer (reverses) where reverses is not null;
