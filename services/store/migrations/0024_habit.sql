-- The last eight weeks of a home in four numbers a day, less than 4 KiB: from them slow changes are told.
create table habit (
  household_id int primary key references household on delete cascade,
  body jsonb not null
);
