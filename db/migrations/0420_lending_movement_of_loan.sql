-- A line of a loan's statement is always looked for by its loan: one index answers what two did.
alter table lending.movement drop constraint movement_pkey;
drop index lending.movement_loan;
alter table lending.movement add constraint movement_pkey primary key (loan, id);
