-- An absence is looked at once when it begins, a planned one too: it may go on from another that held.
drop index absence_new;
create index absence_new on absence (until) where taken_at is null;
