import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'
import type { Dark } from './unseen.ts'

/** Opens a stretch out of sight for homes without a sensor that is heard; it is to be told `after` its begin. */
export async function openUnwatched(db: Db, dark: readonly Dark[], after: Millis): Promise<void> {
  if (dark.length === 0) return
  await db.query(
    `insert into unseen (household_id, since, due_at, cause)
     select household_id, since, due_at, 'sensor'
     from unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) as d (household_id, since, due_at)
     on conflict do nothing`,
    [
      dark.map((each) => each.home),
      dark.map((each) => instant(each.since)),
      dark.map((each) => instant(each.since + after)),
    ],
  )
}

const Watched = z.object({ home: z.int(), told: z.boolean() })

/** Ends at `now` the stretches of homes that have a sensor again. `told`: somebody has been told of it. */
export async function closeUnwatched(
  db: Db,
  homes: readonly number[],
  now: Millis,
): Promise<z.infer<typeof Watched>[]> {
  if (homes.length === 0) return []
  return query(
    db,
    Watched,
    `update unseen set until = greatest(since, $2)
     where household_id = any ($1::int[]) and until is null and cause = 'sensor'
     returning household_id as home, due_at is null as told`,
    [[...homes], instant(now)],
  )
}

const Unwatched = z.object({ home: z.int(), since: Millis, due: Millis })

/**
 * Takes the stretches of these homes that are to be told now, each once. Where a gateway is not heard, that is what
 * is told, and this waits until it is back.
 */
export async function takeUnwatched(
  db: Db,
  homes: readonly number[],
  now: Millis,
): Promise<z.infer<typeof Unwatched>[]> {
  if (homes.length === 0) return []
  return query(
    db,
    Unwatched,
    `with due as (
       select id, due_at from unseen u
       where household_id = any ($1::int[]) and until is null and cause = 'sensor' and due_at <= $2
         and not exists (select from unseen o join gateway g on g.household_id = o.household_id
           where o.household_id = u.household_id and o.until is null and o.cause = 'gateway'
             and g.disabled_at is null)
       order by id for no key update
     )
     update unseen as u set due_at = null from due where u.id = due.id
     returning u.household_id as home, u.since, due.due_at as due`,
    [[...homes], instant(now)],
  )
}
