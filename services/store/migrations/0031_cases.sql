-- What an alert can be in the hands of people: offered, put off, about to be cancelled; whom it is about when that is
-- one of the staff; and the outage under which it is listed.
alter table signal add column if not exists outage_id bigint;
alter table alert
  add column offer jsonb,
  add column deferrals int not null default 0,
  add column cancelling jsonb,
  add column subject text references person,
  add column outage_id bigint;
drop index alert_open;
create unique index alert_open on alert (household_id, kind)
  where state ->> 'state' not in ('resolved', 'cancelled');
-- How much everybody has in hand is asked with each step.
create index alert_holder on alert ((state ->> 'by')) where state ->> 'state' not in ('resolved', 'cancelled');
create index alert_outage on alert (outage_id) where outage_id is not null;

-- A person goes before a thing: false sorts first.
create function is_thing(kind text) returns boolean language sql immutable parallel safe
  return kind in ('change', 'blind', 'sensor', 'configuration');
create index signal_new on signal (is_thing(kind), id) where alert_id is null;
create index alert_due on alert (is_thing(kind), due_at, id) where due_at is not null;

-- The record becomes a chain: each entry holds the hash of the one before (SHA-256), and the whole alert as it then
-- was, so that what is told of it can be checked.
alter table alert_event
  add column generation int,
  add column alert jsonb,
  add column previous bytea,
  add column hash bytea;
create function event_hash(e alert_event) returns bytea language sql stable as $$
  select sha256(coalesce(e.previous, ''::bytea) || convert_to(concat_ws(E'\n', e.alert_id, e.seq,
    extract(epoch from e.at), e.generation, e.event::text, e.state::text, e.alert::text), 'UTF8'))
$$;
create function chain_event() returns trigger language plpgsql as $$
begin
  new.previous := (select hash from alert_event where alert_id = new.alert_id order by seq desc limit 1);
  new.hash := event_hash(new);
  return new;
end
$$;
-- What stood before is chained as it stands.
alter table alert_event disable trigger append_only;
do $$
declare entry alert_event;
declare last bytea;
begin
  for entry in select * from alert_event order by alert_id, seq loop
    entry.previous := (select hash from alert_event where alert_id = entry.alert_id and seq < entry.seq
      order by seq desc limit 1);
    update alert_event set previous = entry.previous, hash = event_hash(entry)
      where alert_id = entry.alert_id and seq = entry.seq;
  end loop;
end
$$;
alter table alert_event enable trigger append_only;
create trigger chain before insert on alert_event for each row execute function chain_event();

-- One row a telling of a step: whoever comes second finds it told.
create table telling (
  alert_id bigint not null references alert on delete cascade,
  generation int not null,
  loop int not null,
  step int not null,
  times int not null,
  purpose text not null,
  at timestamptz not null,
  people jsonb not null,
  primary key (alert_id, generation, loop, step, times, purpose)
);

-- Of one place in the ladder people may hear for two reasons.
alter table delivery add column purpose text not null default 'page';
alter table delivery drop constraint delivery_alert_id_generation_loop_step_times_person_channel_key;
create unique index delivery_once on delivery
  (alert_id, generation, loop, step, times, purpose, person, channel);

-- What somebody asked for under a key of their own: asked again, it gets the first answer.
create table command (
  key text primary key,
  person text not null,
  alert_id bigint not null references alert on delete cascade,
  at timestamptz not null,
  answer jsonb
);

-- One of the staff in a home. It is over when they say so, whatever becomes of the alert meanwhile.
create table visit (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert on delete cascade,
  person text not null references person,
  companion text references person,
  began_at timestamptz not null,
  -- By when they report; after that a staff alert is raised, once until they report again.
  due_at timestamptz not null,
  arrived_at timestamptz,
  overdue_at timestamptz,
  ended_at timestamptz
);
create unique index visit_under_way on visit (alert_id, person) where ended_at is null;
create index visit_due on visit (due_at) where ended_at is null and overdue_at is null;

-- A question to the resident, before staff are told. `state`: queued, asked, failed, answered.
create table ask (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert on delete cascade,
  generation int not null,
  state text not null check (state in ('queued', 'asked', 'failed', 'answered')),
  attempts int not null default 0,
  due_at timestamptz,
  until timestamptz not null,
  answer text,
  answered_at timestamptz,
  detail text,
  unique (alert_id, generation)
);
create index ask_due on ask (due_at) where due_at is not null;

-- A link that answers for one person and one alert without signing in. Only its hash is kept.
create table ack_link (
  hash bytea primary key,
  alert_id bigint not null references alert on delete cascade,
  person text not null references person,
  generation int not null,
  expires_at timestamptz not null
);
create index on ack_link (alert_id);

-- What follows an outcome, until it is done.
create table follow_up (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert on delete cascade,
  household_id int not null references household on delete cascade,
  kind text not null check (kind in ('care-sos', 'service', 'visit', 'relief', 'other')),
  due date not null,
  coordinator text not null references person,
  note text not null,
  state text not null default 'open' check (state in ('open', 'under-way', 'done', 'dropped')),
  added_by text not null references person,
  added_at timestamptz not null,
  changed_by text,
  changed_at timestamptz,
  unique (alert_id, kind, due, coordinator, note)
);
create index on follow_up (due) where state in ('open', 'under-way');
create index on follow_up (household_id);
