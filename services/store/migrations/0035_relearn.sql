-- A rhythm now knows over a year how often its home is left unseen. One that was learnt before cannot be read, and would be
-- learnt anew at three in the morning only: until then its home would be judged as if it were new. All are due at once.
update watch set learn_at = 'epoch';
