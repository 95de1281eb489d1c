-- A nominal time that failed waits before it is tried again, longer each time (machine time).
alter table jobs.fire add column retry_at timestamptz;

-- One row of history for all the failures of a nominal time, however often it is tried: how many they were, the first and the last.
alter table jobs.run add column tries integer not null default 1;
update jobs.run r set tries = x.tries, started_at = x.first
from (
  select pg_catalog.max(id) as id, pg_catalog.count(*) as tries, pg_catalog.min(started_at) as first
  from jobs.run where nominal is not null group by name, nominal, outcome) x
where r.id = x.id and x.tries > 1;
delete from jobs.run r using jobs.run newer
where newer.name = r.name and newer.nominal = r.nominal and newer.outcome = r.outcome and newer.id > r.id;
create unique index run_nominal on jobs.run (name, nominal, outcome) where nominal is not null;
grant update on jobs.run to holdfast;
