-- A message that never left and that nobody needs any more, as its time is over or an earlier one stands for it.
alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check check (state in ('queued', 'sending', 'retrying',
  'unknown', 'accepted', 'delivered', 'read', 'failed', 'cancelled', 'expired'));
-- Where the last try went: what arrived there, or never can, says nothing of an address entered since.
alter table delivery add column address text;

-- How each provider fares, for every process that sends: failures in a row, and until when it is left alone. No row:
-- nothing bad is known.
create table breaker (
  provider text primary key,
  failures int not null,
  open_until timestamptz not null
);
-- What was reported as dead is looked for before it is reported anew.
create index signal_dead on signal ((reason ->> 'channel')) where reason ->> 'rule' = 'dead-channel';
