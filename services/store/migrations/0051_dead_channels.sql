-- Where a channel finds somebody now.
create function address_of(p person, channel text) returns text language sql stable as $$
  select case channel when 'email' then p.email when 'webhook' then p.webhook when 'slack' then p.slack
    when 'ntfy' then p.ntfy when 'cap' then p.cap when 'push' then p.person else p.phone end
$$;

-- A channel that reaches nobody as it is set up, since when and why. Gone with the next message that it takes.
create table channel_fault (
  channel text primary key,
  detail text not null,
  since timestamptz not null
);
