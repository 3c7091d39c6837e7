-- When one of the staff left the office for good; null: they are there. The row stays, for the record names them, but without
-- any address.
alter table person add column left_at timestamptz;
-- When the cases that they had in hand were given to others; null: not yet.
alter table person add column handed_at timestamptz;

-- Nobody who has left answers for a home again: a home would look as if it had a planner. It waits for whoever makes
-- them leave at that moment. What an assignment leaves behind of an earlier one may have been theirs.
create function refuse_who_left() returns trigger language plpgsql as $$
declare gone timestamptz;
begin
  select left_at into gone from person where person = new.person for share;
  if coalesce(new.until, 'infinity') > gone then
    raise exception '% has left', new.person using errcode = 'check_violation', constraint = 'who_left';
  end if;
  return new;
end
$$;
create trigger who_left before insert on assignment for each row execute function refuse_who_left();
