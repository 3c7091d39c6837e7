-- Where each channel finds one of the staff.
alter table person
  add column phone text,
  add column slack text,
  add column ntfy text,
  add column cap text;

-- What is known of a way to a person: whether they confirmed it, when something last arrived, and since when
-- nothing can. It counts only while `address` is still the person's.
create table contact (
  person text not null references person on delete cascade,
  channel text not null,
  address text not null,
  verified_at timestamptz,
  succeeded_at timestamptz,
  failed_at timestamptz,
  failure text,
  primary key (person, channel)
);

-- A device that takes Web Push (RFC 8030, RFC 8291). It goes when its push service says that it is gone.
create table push_subscription (
  id bigint generated always as identity primary key,
  person text not null references person on delete cascade,
  endpoint text not null unique,
  p256dh text not null,
  auth text not null,
  device text not null,
  added_at timestamptz not null,
  -- When the device itself last said that it showed a message.
  shown_at timestamptz
);
create index on push_subscription (person);

alter table delivery drop constraint delivery_channel_check;
alter table delivery add constraint delivery_channel_check check (channel in
  ('push', 'alimtalk', 'sms', 'email', 'webhook', 'slack', 'ntfy', 'cap'));
alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check check (state in ('queued', 'sending', 'retrying',
  'unknown', 'accepted', 'delivered', 'read', 'failed', 'cancelled'));
alter table delivery
  -- What goes first when much waits: 0 is a person in danger, told for the first time.
  add column urgency smallint not null default 0,
  -- Who took it: with provider_id the name that callbacks call it by.
  add column provider text,
  -- When the next channel opens, unless this one is known to have arrived.
  add column next_at timestamptz,
  -- When to ask the provider what became of it.
  add column poll_at timestamptz;
create index on delivery (urgency, due_at, id) where due_at is not null;
create index on delivery (next_at) where next_at is not null;
create index on delivery (poll_at) where poll_at is not null;
create index on delivery (provider, provider_id) where provider_id is not null;

-- What providers and devices said of deliveries, late, doubled and out of order as it came. delivery_id is null while
-- we do not know it yet: a callback may overtake the answer to the request. Applied: it moved the delivery forward.
create table receipt (
  id bigint generated always as identity primary key,
  delivery_id bigint references delivery on delete cascade,
  provider text not null,
  provider_id text not null,
  status text not null check (status in ('accepted', 'delivered', 'read', 'failed')),
  detail text,
  first_at timestamptz not null,
  last_at timestamptz not null,
  times int not null default 1,
  applied boolean not null,
  unique (provider, provider_id, status)
);
create index on receipt (delivery_id);
