-- Many homes of a dong that go dark together are one matter for a technician. Each home keeps its own clock (unseen),
-- and what is asked about the person in it is never part of this.
create table outage (
  id int generated always as identity primary key,
  office text not null,
  dong text not null,
  -- When the first of its homes was last heard, and the last that has joined so far.
  since timestamptz not null,
  last timestamptz not null,
  until timestamptz
);
create index on outage (office, dong) where until is null;
create table outage_home (
  outage_id int not null references outage on delete cascade,
  household_id int not null references household on delete cascade,
  primary key (outage_id, household_id)
);
create index on outage_home (household_id);
-- Of which outage a blind signal is; null: it stands alone.
alter table signal add column if not exists outage_id int references outage;
create index if not exists household_area on household (office, dong);
