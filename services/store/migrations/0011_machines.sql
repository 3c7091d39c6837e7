-- The rises of power that a meter's machines make by themselves (a compressor, a cooker that keeps warm), as they were
-- learnt: written at most once a day a meter, so that a restart does not forget them.
alter table device add column machines jsonb;
