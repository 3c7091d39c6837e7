-- Which sensors of a home gave a sign of life in a quarter hour: one bit for each slot.
alter table activity add column sensors int not null default 0;

-- The bit of a device in its home: the lowest that was free when it was assigned. An int has 31 without its sign;
-- whatever a home has beyond them shares the last.
alter table device add column slot smallint not null default 30 check (slot between 0 and 30);
update device d set slot = least(n.place, 30)
from (select id, row_number() over (partition by household_id order by id) - 1 as place from device) n
where n.id = d.id;

create function give_slot() returns trigger language plpgsql as $$
begin
  -- Of two who assign devices of one home at once, the second waits here and sees what the first has taken.
  perform from household where id = new.household_id for no key update;
  select coalesce(min(place), 30) into new.slot from generate_series(0, 29) place
  where not exists (select from device where household_id = new.household_id and slot = place);
  return new;
end
$$;
create trigger give_slot before insert on device for each row execute function give_slot();

-- The last sign of life by this device.
alter table device add column last_active_at timestamptz;
-- When the battery was as it says: a late reading must not take back a newer one.
alter table device add column battery_at timestamptz;
