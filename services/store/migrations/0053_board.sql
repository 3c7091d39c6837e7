-- The board asks for the newest reason of what it shows, with each change.
create index signal_alert on signal (alert_id) where alert_id is not null;
