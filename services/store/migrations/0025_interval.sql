-- How long a sensor is usually silent, learnt once a day; silent_set: silent_after was set by hand, and holds.
alter table device add column silent_set boolean not null default false;
update device set silent_set = true where silent_after <> interval '26 hours';
alter table device add column usual_gap interval;
alter table device add column gap_days int not null default 0;
alter table device add column gap_at timestamptz;
-- What follows from it; null until a week is known.
alter table device add column learnt_silent_after interval;
