-- How far a consumer group has read, as rows that are only added: beside a transaction that is held open for long, rows that are changed
-- again and again leave versions that every look-up walks through. Of the rows whose bits name a slot, the last says where it stands.
create table events.progress (
  consumer text not null,
  n bigint generated always as identity,
  slots integer not null,
  seen text not null,
  reading text,
  pos bigint not null,
  primary key (consumer, n)
);
grant select, insert, delete on events.progress to holdfast;

insert into events.progress (consumer, slots, seen, reading, pos)
select consumer, bit_or(1 << slot), seen, reading, pos from events.slot group by consumer, seen, reading, pos;

-- A slot is a member's as long as the member shows itself.
alter table events.slot drop column seen, drop column reading, drop column pos, drop column lease_until;
