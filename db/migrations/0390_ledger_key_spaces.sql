-- Whoever books a transfer by hand chooses its key; systems make theirs. One space for both let a key chosen by hand (`capture:…`, `reversal:…`)
-- stand in the way of a system's posting for ever. Two spaces, told apart by the operation: no sealed row changes.
alter table ledger.transfer drop constraint transfer_key_key;
create unique index transfer_key on ledger.transfer (key, (operation = 'ledger.transfer'));
