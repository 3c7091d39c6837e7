-- What has never been looked at is due first, and the index knows it: with a null it took a scan of its own.
update gateway set check_at = 'epoch' where check_at is null;
alter table gateway alter column check_at set default 'epoch';
update device set check_at = 'epoch' where check_at is null;
alter table device alter column check_at set default 'epoch';
-- Nobody looks for these any more: ingest moves the deadline of who was out or had been asked about, and moves.
drop index if exists watch_household_id_idx;
drop index if exists watch_household_id_idx1;
-- In the order in which they are taken: of thousands that became due at the same instant none is sorted again.
create index watch_due on watch (deadline_at, household_id);
drop index if exists watch_deadline_at_idx;
create index gateway_due on gateway (check_at, gateway);
drop index if exists gateway_check_at_idx;
create index device_due on device (check_at, id);
drop index if exists device_check_at_idx;
