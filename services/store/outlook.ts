import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** What the pipeline has before it, as far as it is known now. */
export const Outlook = z.object({
  /** When a case or a message waits for its time. */
  tell: Millis.nullable(),
  /** The number of the newest signal; 0: there is none. */
  signals: z.int(),
  /** Of each gateway that was asked for, when its home has to be looked at next. */
  homes: z.array(
    z.object({
      /** For a silence, a rhythm, a sensor or a gateway that is not heard. */
      due: Millis.nullable(),
      /** It is out, out of sight or told of: the first thing from there counts. */
      isClose: z.boolean(),
    }),
  ),
})
export type Outlook = z.infer<typeof Outlook>

/** Reads what is due next. Gateways that were heard at `now` or later are not waited for. */
export async function readOutlook(
  db: Db,
  gateways: readonly string[],
  now: Millis,
): Promise<Outlook> {
  const [outlook] = await query(db, Outlook, OUTLOOK, [[...gateways], instant(now)])
  if (!outlook) throw new Error('an aggregate without a group has one row')
  return outlook
}

// A sensor that is not lost can only become so from when it was last heard.
const OUTLOOK = `
  select
    least((select min(due_at) from alert where due_at is not null),
      (select min(due_at) from delivery where due_at is not null)) as tell,
    (select coalesce(max(id), 0) from signal) as signals,
    (select coalesce(json_agg(json_build_object(
        'due', (extract(epoch from least(w.deadline_at, w.learn_at, s.check_at,
          case when g.lost_since is null and g.disabled_at is null and g.last_seen_at < $2 then g.check_at end))
          * 1000)::bigint,
        'isClose', w.grade is not null or w.presence <> 'home' or g.lost_since is not null
      ) order by asked.place), '[]')
      from unnest($1::text[]) with ordinality as asked (gateway, place)
      join gateway g on g.gateway = asked.gateway
      join watch w on w.household_id = g.household_id
      left join lateral (
        select min(case when d.lost_since is null and d.stuck_since is null
          then greatest(d.check_at, d.last_seen_at + case when d.silent_set then d.silent_after
            else coalesce(d.learnt_silent_after, d.silent_after) end)
          else d.check_at end) as check_at
        from device d where d.household_id = w.household_id
      ) s on true) as homes`
