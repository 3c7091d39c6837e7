import { z } from 'zod'
import { Channel } from '../../schemas/channel.ts'
import { StaffRole } from '../../schemas/household.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** One way to a person, as far as it is known whether it works. */
const Way = z.object({
  channel: Channel,
  verified: Millis.nullable(),
  succeeded: Millis.nullable(),
  failed: Millis.nullable(),
  failure: z.string().nullable(),
})

/** Whether one of the staff can be told: their ways, their next leave, their last exercise. */
export const Readiness = z.object({
  person: z.string(),
  name: z.string(),
  role: StaffRole,
  deputy: z.string().nullable(),
  ways: z.array(Way),
  /** Until when they are on leave now, or null. */
  leaveUntil: Millis.nullable(),
  /** When their last exercise (훈련) began, and when they answered it; null: never, or not yet. */
  exercised: Millis.nullable(),
  answered: Millis.nullable(),
})
export type Readiness = z.infer<typeof Readiness>

/** How ready the staff of an office are at `now`, in the order of their names. */
export function readinessOf(db: Db, office: string, now: Millis): Promise<Readiness[]> {
  return query(
    db,
    Readiness,
    `select p.person, p.name, p.role, p.deputy,
       (select millis(max(l.until)) from leave l
         where l.person = p.person and l.since <= $2 and l.until > $2) as "leaveUntil",
       (select coalesce(jsonb_agg(jsonb_build_object('channel', way.channel,
           'verified', millis(c.verified_at), 'succeeded', millis(c.succeeded_at),
           'failed', millis(c.failed_at), 'failure', c.failure) order by way.channel), '[]')
         from unnest($3::text[]) as way (channel)
         left join contact c on c.person = p.person and c.channel = way.channel
           and c.address = address_of(p, way.channel)
         where address_of(p, way.channel) is not null and (way.channel <> 'push'
           or exists (select from push_subscription s where s.person = p.person))) as ways,
       e.exercised, e.answered
     from person p left join lateral (
       select millis(a.opened_at) as exercised, (select millis(min(v.at)) from alert_event v
         where v.alert_id = a.id and v.event ->> 'type' = 'acknowledge' and v.event ->> 'by' = p.person) as answered
       from alert a join household h on h.id = a.household_id
       where h.household = 'exercise-' || p.person and h.purpose = 'exercise'
       order by a.opened_at desc limit 1
     ) e on true
     where p.office = $1 and p.left_at is null order by p.name, p.person`,
    [office, instant(now), Channel.options],
  )
}
