-- What was missed is back: signs of life, the gateway, the sensors. The detector leaves the fact in the
-- transaction in which it re-arms; the alert service takes it in its own. A second return before that only
-- moves `at` forward.
create table returned (
  household_id int not null references household on delete cascade,
  kind text not null check (kind in ('inactivity', 'blind', 'sensor')),
  at timestamptz not null,
  primary key (household_id, kind)
);

-- At most one stretch of each cause is open for a home, and one for all homes, whoever finds it first.
create unique index unseen_open on unseen (household_id, cause) nulls not distinct where until is null;

-- Who is out is looked at as soon as something moves inside.
create index on watch (household_id) where presence = 'away';

-- A process that stood still and beats again has overwritten how long it stood. So each row keeps the longest
-- pause between two beats until the detector has taken it.
alter table pulse add column pause_since timestamptz, add column pause_until timestamptz;
create function keep_pause() returns trigger language plpgsql as $$
begin
  if new.at - old.at > coalesce(old.pause_until - old.pause_since, interval '0') then
    new.pause_since := old.at;
    new.pause_until := new.at;
  end if;
  return new;
end
$$;
create trigger keep_pause before update of at on pulse for each row execute function keep_pause();
