-- How each sensor agrees with the others of its home, counted once a day, and what follows from it and from the faults that
-- staff found: how far it is believed, from 0.2 to 1. Null: it has not been counted yet, and is believed.
alter table device add column agreement jsonb;
alter table device add column reliability real;
