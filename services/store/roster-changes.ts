import type { Millis } from '../../schemas/time.ts'
import { type Db, instant } from './pool.ts'

/** A change to who answers for whom. `by` null: on the command line. */
export type RosterChange = {
  readonly by: string | null
  readonly act: string
  readonly what: object
}

/** Puts a change on record, in the transaction that makes it: who could be told at a time can be shown later. */
export async function recordChange(db: Db, change: RosterChange, now: Millis): Promise<void> {
  await db.query('insert into roster_change (at, by, act, what) values ($1, $2, $3, $4)', [
    instant(now),
    change.by,
    change.act,
    change.what,
  ])
}
