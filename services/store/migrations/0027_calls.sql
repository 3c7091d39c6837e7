-- An emergency button is a device with a role of its own. Each press of it is a row until the detector has told of it: it
-- is written before the gateway hears that its message is stored, and twice the same is one.
alter table device drop constraint device_role_check;
alter table device add constraint device_role_check check (role in ('exit', 'inner', 'mains', 'plug', 'sos'));
create table press (
  device_id int not null references device on delete cascade,
  at timestamptz not null,
  told_at timestamptz,
  primary key (device_id, at)
);
create index press_new on press (at) where told_at is null;

-- When a contact last said that its door was opened, and when that it is closed: it stands open while the first is later.
alter table device add column opened_at timestamptz;
alter table device add column closed_at timestamptz;

-- Each time an exit door was seen to stand open for ten minutes or longer: from these a home's own limit is learnt.
-- limit_from: since when that limit runs, later than since once a person has closed the case.
create table opening (
  device_id int not null references device on delete cascade,
  since timestamptz not null,
  household_id int not null references household on delete cascade,
  until timestamptz,
  limit_from timestamptz not null,
  told_at timestamptz,
  primary key (device_id, since)
);
create index opening_home on opening (household_id, since);
create index opening_now on opening (household_id) where until is null;

alter table policy drop constraint policy_name_check;
alter table policy add constraint policy_name_check check (name in
  ('budget-watch', 'budget-caution', 'budget-warning', 'budget-danger', 'ceiling', 'floor', 'door-day', 'door-night'));
