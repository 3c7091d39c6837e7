-- Time in which nothing is raised for a home, and why. It always has an end and somebody who answers for it. A row
-- never changes but for who ended it early.
create table absence (
  id int generated always as identity primary key,
  household_id int not null references household on delete cascade,
  cause text not null check (cause in ('hospital', 'trip', 'consent', 'muted')),
  since timestamptz not null,
  until timestamptz not null,
  author text not null references person,
  reason text not null check (reason <> ''),
  recorded_at timestamptz not null,
  ended_at timestamptz,
  ended_by text references person,
  check (until > since),
  check ((ended_at is null) = (ended_by is null))
);
create index on absence (household_id, until);
create index on absence (until);

-- What would have been raised meanwhile: on the record, each grade of each kind once.
create table withheld (
  absence_id int not null references absence on delete cascade,
  kind text not null,
  grade text not null,
  due_at timestamptz not null,
  at timestamptz not null,
  reason jsonb not null,
  model text not null,
  primary key (absence_id, kind, grade)
);
