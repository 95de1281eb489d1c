-- What changed what is held on an account, as rows that are only added, so that what was held can be told as of any instant. `since` is
-- when the change took effect and `at` when it was written: they differ for a hold whose expiry was written late.
create table ledger.held_change (
  account text not null,
  n bigint generated always as identity,
  hold text not null,
  amount bigint not null check (amount <> 0),
  since timestamptz not null,
  at timestamptz not null,
  primary key (account, n)
);
grant select, insert on ledger.held_change to holdfast;

-- What is known of holds made before: captures by their transfers, the rest by the audit. What neither tells counts as since ever.
insert into ledger.held_change (account, hold, amount, since, at)
with asked as (
  select h.id as hold, min(r.at) filter (where r.operation = 'ledger.hold') as made, min(r.at) filter (where r.operation = 'ledger.release') as released,
    -- Asked before its time it is done too, and does nothing.
    min(r.at) filter (where r.operation = 'ledger.expire_hold' and r.at >= h.expires_at) as expired
  from ledger.hold h join audit.record r on r.object = h.id and r.outcome = 'done' group by h.id
), captured as (
  select split_part(key, ':', 2) as hold, split_part(key, ':', 3)::bigint as so_far, at from ledger.transfer where operation = 'ledger.capture'
), change as (
  select h.account, h.id as hold, h.amount, a.made as since, a.made as at from ledger.hold h left join asked a on a.hold = h.id
  union all
  select h.account, h.id, coalesce(lag(c.so_far) over (partition by h.id order by c.so_far), 0) - c.so_far, c.at, c.at
  from ledger.hold h join captured c on c.hold = h.id
  union all
  select h.account, h.id, h.captured - h.amount, case h.state when 'expired' then h.expires_at else a.released end,
    case h.state when 'expired' then a.expired else a.released end
  from ledger.hold h left join asked a on a.hold = h.id
  where h.state in ('released', 'expired')
)
select account, hold, amount, coalesce(since, '-infinity'), coalesce(at, '-infinity') from change order by at nulls first;
