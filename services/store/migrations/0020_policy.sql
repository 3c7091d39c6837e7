-- What staff have chosen for some homes instead of what holds for their tier: for one home, for an office, a tier, a
-- tier of an office, or for all (all three null). A row never changes but for its end, so that what held at any
-- instant can be read. Values: a budget is false alarms per home and month, ceiling and floor are hours.
create table policy (
  id int generated always as identity primary key,
  household_id int references household on delete cascade,
  office text,
  tier text check (tier in ('high', 'mid', 'low')),
  name text not null check (name in
    ('budget-watch', 'budget-caution', 'budget-warning', 'budget-danger', 'ceiling', 'floor')),
  value double precision not null check (value > 0),
  since timestamptz not null,
  until timestamptz,
  author text not null references person,
  reason text not null check (reason <> ''),
  ended_by text references person,
  -- Homes with a number up to this have been told that something changed; null: all have.
  spread_after int default 0,
  check (until >= since),
  check (household_id is null or (office is null and tier is null))
);
create index on policy (household_id);
create index on policy (id) where spread_after is not null;
