-- A home that is watched no more stays for its history, under 'past': it has no row in watch, its gateways are let in no more,
-- nobody answers for it, and nothing is kept of who lived there.
alter table household drop constraint household_purpose_check;
alter table household add constraint household_purpose_check
  check (purpose in ('home', 'office', 'canary', 'exercise', 'past'));
alter table household
  add column left_at timestamptz,
  add column left_for text check (left_for in ('moved', 'died', 'ended'));

-- ended_by null: with the watch of its home.
alter table absence drop constraint absence_check1;
alter table absence add constraint absence_check1 check (ended_at is not null or ended_by is null);

-- What was on its way when a home was left says nothing of it any more. Whoever raises it waits here for who leaves the home,
-- as its foreign key does. What is about one of the staff, or about the set-up, is said as ever.
create function pass_over_past() returns trigger language plpgsql as $$
declare what text;
begin
  select purpose into what from household where id = new.household_id for key share;
  if what = 'past' then return null; end if;
  return new;
end
$$;
create trigger pass_over_past before insert on signal for each row
  when (new.kind not in ('staff', 'configuration')) execute function pass_over_past();
create trigger pass_over_past before insert on unseen for each row
  when (new.household_id is not null) execute function pass_over_past();
