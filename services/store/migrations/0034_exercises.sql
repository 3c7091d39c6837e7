-- What is sent for an exercise (훈련) is no work: it weighs nothing in who has the least to do.
alter table delivery add column exercise boolean not null default false;
-- What is older weighs nothing already.
update delivery set exercise = true where planned_at > now() - interval '1 day' and message ->> 'exercise' = 'true';
