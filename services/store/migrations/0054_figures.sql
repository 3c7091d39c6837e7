-- Messages of the last hour are counted by whoever watches the figures; they lie in the order of their planning.
create index delivery_planned on delivery using brin (planned_at);
