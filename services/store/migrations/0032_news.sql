-- How often an alert was offered to somebody: each of them is told.
alter table alert add column offers int not null default 0;

-- What fails each time it is taken is set aside, where all can see it, and tried again ever more seldom.
alter table returned
  add column failures int not null default 0,
  add column due_at timestamptz,
  add column error text;

-- When the residents of an office's homes are not to be called by a machine, in milliseconds after midnight of its zone.
-- `begins` may be later than `ends`: then it is over midnight.
create table quiet_hours (
  office text primary key,
  begins int not null check (begins between 0 and 86400000),
  ends int not null check (ends between 0 and 86400000)
);

-- The roster's migration has made an index of the same once more, by which the same is found.
drop index alert_holder;
