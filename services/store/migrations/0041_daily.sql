-- What else than a home may have cases: an office, about its own set-up; the canary that shows that all runs; one of
-- the staff, in an exercise (훈련). None of them counts as a home.
alter table household add column purpose text not null default 'home'
  check (purpose in ('home', 'office', 'canary', 'exercise'));
create unique index office_desk on household (office) where purpose = 'office';

-- What is done once a day for an office is on record in the transaction that did it.
create table daily (
  task text not null,
  office text not null,
  -- The day of the office's own clock.
  day date not null,
  at timestamptz not null,
  primary key (task, office, day)
);
