-- Who answers for whom, and when. Every stretch is [since, until) in UTC; a date that was given is a midnight of the
-- office's zone. What must not overlap cannot: the database refuses it.
create extension if not exists btree_gist;

alter table person drop constraint person_role_check;
alter table person add constraint person_role_check
  check (role in ('planner', 'duty', 'supervisor', 'technician', 'care', 'neighbour'));
-- Who stands in (대직자) when this person is on leave.
alter table person add column deputy text references person check (deputy <> person);

-- household.planner is not read any more: it could not say from when to when.
create table assignment (
  id bigint generated always as identity primary key,
  household_id int not null references household on delete cascade,
  person text not null references person,
  duty text not null check (duty in ('planner', 'care', 'neighbour')),
  since timestamptz not null,
  until timestamptz check (until > since),
  -- When the household agreed that these people are told of it.
  consented_at timestamptz check (duty = 'planner' or consented_at is not null),
  -- Checked at the end of a statement, which may cut the one before to make room.
  constraint one_planner exclude using gist (household_id with =, tstzrange(since, until) with &&)
    where (duty = 'planner') deferrable,
  constraint once_each
    exclude using gist (household_id with =, person with =, duty with =, tstzrange(since, until) with &&)
    deferrable
);
create index on assignment (household_id);
create index on assignment (person);
insert into assignment (household_id, person, duty, since)
select id, planner, 'planner', watched_since from household where planner is not null;

create table office (
  office text primary key,
  time_zone text not null,
  -- In milliseconds after midnight of that zone.
  opens int not null check (opens between 0 and 86400000),
  closes int not null check (closes between 0 and 86400000)
);

-- Days on which an office is not as the calendar says.
create table office_day (
  office text not null,
  day date not null,
  rest boolean not null,
  name text not null,
  primary key (office, day)
);

create table leave (
  id bigint generated always as identity primary key,
  person text not null references person,
  since timestamptz not null,
  until timestamptz not null check (until > since),
  deputy text references person check (deputy <> person),
  reason text not null,
  -- When the open alerts of the person were given to others; null: not yet.
  taken_at timestamptz,
  constraint one_leave exclude using gist (person with =, tstzrange(since, until) with &&)
);
create index on leave (since) where taken_at is null;

create table rotation (
  rotation text primary key,
  office text not null,
  -- The rota's local clock: start is what it shows then, as milliseconds since 1970 without any offset.
  time_zone text not null,
  start bigint not null,
  length bigint not null check (length > 0),
  participants text[] not null,
  bands text[] not null
);
create index on rotation (office);

create table rotation_override (
  id bigint generated always as identity primary key,
  rotation text not null references rotation on delete cascade,
  since timestamptz not null,
  until timestamptz not null check (until > since),
  "out" text references person,
  "in" text references person,
  reason text not null,
  check (coalesce("out", "in") is not null and ("out" = "in") is not true)
);
-- Whom one change names, no other may name for the same time: their order would decide.
create table rotation_override_person (
  override_id bigint not null references rotation_override on delete cascade,
  rotation text not null,
  person text not null references person,
  during tstzrange not null,
  constraint one_override exclude using gist (rotation with =, person with =, during with &&)
);

-- What was changed here, by whom (null: on the command line): only ever added to.
create table roster_change (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  by text references person,
  act text not null,
  what jsonb not null
);
create trigger append_only before update or delete on roster_change
  for each row execute function refuse_change();

-- How many messages each has had of late, for an even load.
create index on delivery (person, planned_at);
-- And how many open cases are theirs.
create index on alert ((state ->> 'by')) where state ->> 'state' <> 'resolved';

-- An instant as the code has it, for rows that are read as JSON.
create function millis(timestamptz) returns bigint immutable strict parallel safe language sql
  return (extract(epoch from $1) * 1000)::bigint;
