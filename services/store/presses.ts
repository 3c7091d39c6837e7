import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** That an emergency button was pressed. */
export type Press = { readonly device: number; readonly at: Millis }

/** Keeps that emergency buttons were pressed, for the detector to tell of; the same press twice is one. */
export async function keepPresses(db: Db, presses: readonly Press[]): Promise<void> {
  await db.query(
    `insert into press (device_id, at) select * from unnest($1::int[], $2::timestamptz[])
     on conflict do nothing`,
    [presses.map(({ device }) => device), presses.map(({ at }) => instant(at))],
  )
}

const Pressed = z.object({ home: z.int(), uid: z.string(), room: z.string(), at: Millis })
/** A press that nobody has been told of, and where its button is. */
export type Pressed = z.infer<typeof Pressed>

/** Takes the presses that nobody has been told of, one a button: the first of them. */
export function takePresses(db: Db, now: Millis): Promise<Pressed[]> {
  return query(
    db,
    Pressed,
    `with due as (
       select device_id, at from press where told_at is null
       order by device_id, at for no key update skip locked
     ), taken as (
       update press p set told_at = $1 from due where p.device_id = due.device_id and p.at = due.at
       returning p.device_id, p.at
     )
     select d.household_id as home, d.uid, d.room, min(t.at) as at
     from taken t join device d on d.id = t.device_id
     group by d.id order by d.id`,
    [instant(now)],
  )
}
