-- By the how manieth way of learning a rhythm was learnt; 0: what is kept of it cannot be read. Those that an older version has
-- learnt are learnt anew, a few at a time, and are good to judge by until then.
create function learnt_by(model text) returns int language sql immutable parallel safe
  return coalesce(substring(model from '[0-9]+$')::int, 0);
create index rhythm_learnt_by on rhythm (learnt_by(model));
