-- What the detector found. alert_id is null until the alert service has taken it.
create table signal (
  id bigint generated always as identity primary key,
  household_id int not null references household on delete cascade,
  kind text not null check (kind in ('inactivity', 'blind', 'sensor', 'configuration')),
  grade text not null check (grade in ('watch', 'caution', 'warning', 'danger')),
  due_at timestamptz not null,
  at timestamptz not null,
  reason jsonb not null,
  model text not null,
  alert_id bigint
);
create index on signal (id) where alert_id is null;
create index on signal (household_id, at);

create table alert (
  id bigint generated always as identity primary key,
  household_id int not null references household on delete cascade,
  kind text not null,
  grade text not null,
  generation int not null,
  signals int not null,
  plan text not null,
  plan_version int not null,
  opened_at timestamptz not null,
  state jsonb not null,
  -- The timer: when the state must be looked at again. Null: nothing to wait for.
  due_at timestamptz,
  foreign key (plan, plan_version) references plan
);
alter table signal add foreign key (alert_id) references alert on delete cascade;
-- One open case a home and kind: a second signal joins it, whoever is first.
create unique index alert_open on alert (household_id, kind) where state ->> 'state' <> 'resolved';
create index on alert (due_at) where due_at is not null;

-- The record: what happened, and what the alert became. Only ever added to.
create table alert_event (
  alert_id bigint not null references alert on delete cascade,
  seq int not null,
  at timestamptz not null,
  event jsonb not null,
  state jsonb not null,
  primary key (alert_id, seq)
);
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is only ever added to', tg_table_name;
end
$$;
create trigger append_only before update on alert_event
  for each row execute function refuse_change();

-- One message to one person by one channel. The key makes a second planning of the same step harmless.
create table delivery (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert on delete cascade,
  generation int not null,
  loop int not null,
  step int not null,
  times int not null,
  person text not null references person,
  channel text not null check (channel in ('webhook', 'email')),
  -- The channels that are left, should this one fail.
  fallback jsonb not null,
  state text not null check (state in ('queued', 'sending', 'accepted', 'unknown', 'failed', 'cancelled')),
  attempts int not null default 0,
  -- When to try (again), or until when the worker that took it has it.
  due_at timestamptz,
  -- Until when trying makes sense.
  expires_at timestamptz not null,
  -- The words, fixed when it was planned: a second try sends the same.
  message jsonb not null,
  provider_id text,
  error text,
  planned_at timestamptz not null,
  done_at timestamptz,
  unique (alert_id, generation, loop, step, times, person, channel)
);
create index on delivery (due_at) where due_at is not null;
create index on delivery (alert_id);
