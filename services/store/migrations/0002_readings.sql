-- A reading may come twice (MQTT QoS 1), so what it says is its key. The key begins with time: on 20 million
-- rows (time, device) took 1.8 times the rows a second of (device, time). The value is part of it because a
-- Zigbee2MQTT "occupancy false" carries the very time of its "true" (zigbee2mqtt #3357).
-- kind and nature are positions in KINDS and NATURES of schemas/reading.ts. active: counted as a sign of life;
-- exit: a use of the exit door.
do $$
begin
  if exists (select from pg_available_extensions where name = 'timescaledb') then
    create extension if not exists timescaledb;
  end if;
  execute 'create table reading (
    at timestamptz not null,
    device_id int not null,
    household_id int not null,
    kind smallint not null,
    nature smallint not null,
    active boolean not null,
    exit boolean not null,
    value double precision not null,
    primary key (at, device_id, kind, value)
  )' || case when exists (select from pg_extension where extname = 'timescaledb')
    then '' else ' partition by range (at)' end;
  -- The quarter hours in which a home gave signs of life, and went through its exit door.
  execute 'create table activity (
    household_id int not null,
    quarter timestamptz not null,
    events int not null,
    exits int not null,
    primary key (household_id, quarter)
  )' || case when exists (select from pg_extension where extname = 'timescaledb')
    then '' else ' partition by range (quarter)' end;
  if exists (select from pg_extension where extname = 'timescaledb') then
    perform create_hypertable('reading', 'at',
      chunk_time_interval => interval '1 day', create_default_indexes => false);
    perform create_hypertable('activity', 'quarter',
      chunk_time_interval => interval '28 days', create_default_indexes => false);
  end if;
end
$$;

-- One row a home: all that the detector needs to decide. Ingest moves the last_ columns forward in the
-- statement that stores the readings; the rest is the detector's. deadline_at is armed for the activity that
-- was known then, so it can be too early but never too late; whoever finds it due looks again.
create table watch (
  household_id int primary key references household on delete cascade,
  last_activity_at timestamptz not null,
  last_device_id int,
  -- The last sign of life that was not the exit door, and the last use of that door.
  last_inner_at timestamptz,
  last_exit_at timestamptz,
  presence text not null default 'home' check (presence in ('home', 'away', 'blind')),
  presence_since timestamptz not null,
  -- Away always ends: this is when at the latest.
  presence_until timestamptz,
  deadline_at timestamptz,
  -- The grade already raised for the silence that began at silence_since; null when all is well.
  grade text check (grade in ('watch', 'caution', 'warning', 'danger')),
  silence_since timestamptz,
  learn_at timestamptz not null
) with (fillfactor = 70);
create index on watch (deadline_at);
create index on watch (learn_at);
create index on watch (household_id) where grade is not null;

create table rhythm (
  household_id int primary key references household on delete cascade,
  model text not null,
  learnt_until timestamptz not null,
  body jsonb not null
);

-- Time in which a home could not be watched: neither silence nor calm. household_id null: nobody could be,
-- because the pipeline itself stood still.
create table unseen (
  id bigint generated always as identity primary key,
  household_id int references household on delete cascade,
  since timestamptz not null,
  until timestamptz,
  cause text not null check (cause in ('gateway', 'pipeline'))
);
create index on unseen (household_id, until);

-- Each process says that it still does its work. at is the time of its clock.
create table pulse (
  service text primary key,
  at timestamptz not null
);

-- What could not be read or was not allowed: counted always, kept for the first hundred a day of each cause.
create table rejection_count (
  day date not null,
  gateway text not null,
  reason text not null,
  count bigint not null,
  primary key (day, gateway, reason)
);
create table rejection (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  gateway text not null,
  topic text not null,
  reason text not null,
  detail text not null,
  payload bytea not null
);
create index on rejection (at);

-- Small facts about this installation, such as where a replay's clock stands.
create table setting (
  name text primary key,
  value jsonb not null
);
