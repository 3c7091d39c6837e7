-- Closing a case re-arms what it was about: from then on its limit has to pass once more. When a person last
-- confirmed it; null: never. The last sign of life stays what it was.
alter table watch add column confirmed_at timestamptz;
alter table gateway add column confirmed_at timestamptz;
alter table device add column confirmed_at timestamptz;

-- A home without any sensor that is heard is out of sight too, however alive its gateway is. due_at: when that is
-- to be told; null: it has been.
alter table unseen drop constraint unseen_cause_check;
alter table unseen add constraint unseen_cause_check check (cause in ('gateway', 'pipeline', 'sensor'));
alter table unseen add column due_at timestamptz;
