-- What the outcomes of a home's closed alerts have taught: made anew from the alerts whenever the home is learnt, so it
-- can be thrown away.
create table feedback (
  household_id int primary key references household on delete cascade,
  body jsonb not null
);
create index on alert (household_id, opened_at);
