-- Who is watched, by what, and who answers for them. No names of residents here: see resident.

create table person (
  person text primary key,
  name text not null,
  role text not null check (role in ('planner', 'duty', 'supervisor', 'technician')),
  office text not null,
  email text,
  webhook text
);

-- A plan never changes: a new version is a new row, and an alert keeps the one it was opened with.
create table plan (
  plan text not null,
  version int not null,
  body jsonb not null,
  primary key (plan, version)
);

create table household (
  id int generated always as identity primary key,
  household text not null unique,
  office text not null,
  alias text not null,
  dong text not null,
  time_zone text not null,
  tier text not null check (tier in ('high', 'mid', 'low')),
  planner text references person,
  plan text not null default 'standard',
  watched_since timestamptz not null
);

-- The one place that knows who lives where: sealed (AES-256-GCM), and every look at it is a row.
create table resident (
  household_id int primary key references household on delete cascade,
  sealed bytea not null
);

create table resident_look (
  id bigint generated always as identity primary key,
  household_id int not null references household on delete cascade,
  person text not null references person,
  at timestamptz not null
);

create table gateway (
  gateway text primary key,
  household_id int not null references household on delete cascade,
  salt bytea not null,
  hash bytea not null,
  disabled_at timestamptz,
  -- The gateway's own clock: when it was last heard, by the time of arrival.
  last_seen_at timestamptz,
  -- Set by its last will, cleared by its next birth.
  offline_at timestamptz,
  silent_after interval not null default '15 minutes',
  -- When to look at it again. Lazy like every deadline here: hearing from it does not move this.
  check_at timestamptz,
  -- Since when it has been reported as lost.
  lost_since timestamptz
);
create index on gateway (household_id);
create index on gateway (check_at);

create table device (
  id int generated always as identity primary key,
  gateway text not null references gateway on delete cascade,
  uid text not null,
  household_id int not null references household on delete cascade,
  kind text not null,
  room text not null,
  role text not null check (role in ('exit', 'inner', 'mains', 'plug')),
  silent_after interval not null,
  last_seen_at timestamptz,
  battery real,
  check_at timestamptz,
  lost_since timestamptz,
  unique (gateway, uid)
);
create index on device (household_id);
create index on device (check_at);

-- What a known gateway sent for a device that nobody has assigned. It counts for nothing until then.
create table unassigned_device (
  gateway text not null references gateway on delete cascade,
  uid text not null,
  kind smallint not null,
  last_value double precision not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  readings bigint not null,
  primary key (gateway, uid, kind)
);
