-- Until when no use of the exit was the resident's: a person found them at home then (`core/presence.ts`).
alter table watch add column home_until timestamptz;
