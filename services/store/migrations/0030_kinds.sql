-- More matters than silence: each a word that schemas/signal.ts knows.
alter table signal drop constraint signal_kind_check;
alter table signal add constraint signal_kind_check check (kind in
  ('inactivity', 'sos', 'door', 'change', 'staff', 'blind', 'sensor', 'configuration'));
alter table returned drop constraint returned_kind_check;
alter table returned add constraint returned_kind_check check (kind in
  ('inactivity', 'door', 'change', 'blind', 'sensor'));
