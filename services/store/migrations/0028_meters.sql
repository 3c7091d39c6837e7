-- What a meter of a whole home holds, and how long it usually does: written when there is news of it, once a day at most
-- otherwise. stuck_since: it says nothing but one value since then; stuck_due: since when that was too long.
alter table device add column hold jsonb;
alter table device add column stuck_since timestamptz;
alter table device add column stuck_due timestamptz;
-- Since when it stands where it stands: what was learnt of it elsewhere is forgotten. Null: ever since it was assigned.
alter table device add column placed_at timestamptz;
