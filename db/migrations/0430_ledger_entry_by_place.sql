-- A transfer's record names its entries by account and number, and so they are found; the index by transfer cost two entries a posting.
drop index ledger.entry_transfer;
