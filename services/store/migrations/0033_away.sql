-- An absence that staff tell of while a case is open stops its pages. Null: the home's open cases do not know of it yet.
alter table absence add column taken_at timestamptz;
update absence set taken_at = recorded_at where least(until, ended_at) <= now();
create index absence_new on absence (since) where taken_at is null and since <= recorded_at;
create index alert_away on alert (household_id) where state ->> 'state' = 'away';

-- What tells people that nothing is asked of them any more.
create function is_news(purpose text) returns boolean language sql immutable parallel safe
  return purpose in ('taken', 'closed', 'away');
