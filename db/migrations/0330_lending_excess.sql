-- A reversal divides the later repayments anew, as they were asked for; so what was asked is kept, not what a repayment had changed.
-- Where nothing went to the wallet, either nothing was left over or it was prepaid.
alter table lending.movement add column excess text;
update lending.movement set excess = case when wallet > 0 then 'wallet' else 'prepay' end where kind = 'repayment';
alter table lending.movement drop column undo;
