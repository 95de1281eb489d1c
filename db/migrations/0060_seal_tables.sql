create schema seal;
grant usage on schema seal to holdfast;

-- The log: one leaf a sealed row, numbered from 0 without gaps. A row is sealed once.
create table seal.leaf (
  seq bigint primary key check (seq >= 0),
  stream text not null,
  row_id text not null,
  hash bytea not null,
  unique (stream, row_id)
);
grant select, insert on seal.leaf to holdfast;

-- Roots of complete subtrees of 2^level leaves, level 8, 16, 24 …: a proof reads at most 256 hashes a level instead of the whole log.
create table seal.subtree (
  level smallint not null check (level > 0),
  place bigint not null,
  hash bytea not null,
  primary key (level, place)
);
grant select, insert on seal.subtree to holdfast;

-- note: the signed checkpoint. frontier: hashes of the complete subtrees at this size, largest first. progress: the last sealed row of
-- each stream as JSON { stream: [tx, id] }.
create table seal.checkpoint (
  size bigint primary key,
  root bytea not null,
  frontier bytea not null,
  progress text not null,
  note text not null
);
grant select, insert on seal.checkpoint to holdfast;
