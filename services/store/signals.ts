import { z } from 'zod'
import { Kind } from '../../schemas/reading.ts'
import type { Signal } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** A signal about to be raised. `householdId` is the home's number; `outage`: that of its area which it is part of. */
export type Finding = Omit<Signal, 'id' | 'household' | 'at'> & {
  readonly householdId: number
  readonly outage?: number
}

/** Raises signals at `now`. The caller's transaction holds the rows that say that they have been raised. */
export async function addSignals(db: Db, found: readonly Finding[], now: Millis): Promise<void> {
  if (found.length === 0) return
  await db.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model, outage_id)
     select household_id, kind, grade, due_at, $7, reason::jsonb, model, outage_id
     from unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $8::int[])
       as f (household_id, kind, grade, due_at, reason, model, outage_id)`,
    [
      found.map((each) => each.householdId),
      found.map((each) => each.kind),
      found.map((each) => each.grade),
      found.map((each) => instant(each.due)),
      found.map((each) => JSON.stringify(each.reason)),
      found.map((each) => each.model),
      instant(now),
      found.map((each) => each.outage ?? null),
    ],
  )
}

const Spoke = z.object({
  home: z.int(),
  uid: z.string(),
  room: z.string(),
  kind: Kind,
  at: Millis,
})
/** A sensor's last sign of life. */
export type Spoke = z.infer<typeof Spoke>

/** The three sensors of each of these homes that gave the last signs of life, the latest first. */
export async function spokeLast(db: Db, homes: readonly number[]): Promise<Spoke[]> {
  if (homes.length === 0) return []
  return query(
    db,
    Spoke,
    `select h.id as home, d.uid, d.room, d.kind, d.last_active_at as at
     from unnest($1::int[]) as h (id)
     cross join lateral (
       select uid, room, kind, last_active_at from device
       where household_id = h.id and last_active_at is not null
       order by last_active_at desc, id limit 3
     ) d
     order by h.id, d.last_active_at desc`,
    [[...homes]],
  )
}

const Named = z.object({ home: z.int(), slot: z.int(), uid: z.string(), room: z.string() })
/** A sensor by its bit in its home. */
export type Named = z.infer<typeof Named>

/** Which sensors those are that have these bits in their homes. */
export async function namesOf(
  db: Db,
  bits: readonly Pick<Named, 'home' | 'slot'>[],
): Promise<Named[]> {
  if (bits.length === 0) return []
  return query(
    db,
    Named,
    `select d.household_id as home, d.slot, d.uid, d.room
     from unnest($1::int[], $2::int[]) as b (home, slot)
     join device d on d.household_id = b.home and d.slot = b.slot`,
    [bits.map(({ home }) => home), bits.map(({ slot }) => slot)],
  )
}

/** That what was missed is back, and since when. */
export type Return = {
  readonly householdId: number
  readonly kind: 'inactivity' | 'blind' | 'sensor' | 'door'
  readonly at: Millis
}

/** Leaves for the alert service that something is back. One that it has not taken yet only moves forward. */
export async function addReturned(db: Db, back: readonly Return[]): Promise<void> {
  if (back.length === 0) return
  await db.query(
    `insert into returned as r (household_id, kind, at)
     select household_id, kind, max(at) from unnest($1::int[], $2::text[], $3::timestamptz[])
       as b (household_id, kind, at)
     group by household_id, kind order by household_id, kind
     on conflict (household_id, kind) do update set at = greatest(r.at, excluded.at)`,
    [
      back.map((each) => each.householdId),
      back.map((each) => each.kind),
      back.map((each) => instant(each.at)),
    ],
  )
}

/** Tells the console, when the transaction commits, that what it shows has changed. */
export async function tellBoard(db: Db): Promise<void> {
  await db.query(`select pg_notify('board', '')`)
}
