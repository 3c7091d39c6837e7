-- /health asks every half minute for what failed of late; all that arrived must not be read for it.
create index on delivery (done_at) where state = 'failed';
