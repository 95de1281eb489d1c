-- Minor units × days: of a debt of 16 digits they pass what a bigint holds after three years of being late, and the loan could be paid no more.
alter table lending.loan alter column late_amount_days type numeric;
