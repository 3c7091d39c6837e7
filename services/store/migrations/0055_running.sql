-- What a meter draws at the least, and since when it draws clearly more (`core/draw.ts`): written once a day, and when something
-- begins to run at it that no machine switches, or does no more. running_since: since when something does.
alter table device add column load jsonb;
alter table device add column running_since timestamptz;

-- In which time something ran at a meter of a home: who learns the home asks whether it did through a silence. As many days are
-- kept as of the readings.
do $$
begin
  execute 'create table ran (
    household_id int not null,
    until timestamptz not null,
    device_id int not null,
    since timestamptz not null,
    primary key (household_id, until, device_id)
  )' || case when exists (select from pg_extension where extname = 'timescaledb')
    then '' else ' partition by range (until)' end;
  if exists (select from pg_extension where extname = 'timescaledb') then
    perform create_hypertable('ran', 'until',
      chunk_time_interval => interval '28 days', create_default_indexes => false);
  end if;
end
$$;
