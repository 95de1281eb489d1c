-- A sandbox's clock may stand still: business time is then this instant, whatever the machine's clock says.
alter table jobs.clock add column stands_at timestamptz;
