import type pg from 'pg'
import { z } from 'zod'
import { HouseholdId, Role, Tier } from '../../schemas/household.ts'
import { KINDS, Kind, NATURES, type Reading } from '../../schemas/reading.ts'
import { Millis } from '../../schemas/time.ts'
import { instant, query } from './pool.ts'

/** A home and its devices, as a recording needs them. */
export const RecordedHome = z.object({
  id: z.int(),
  household: HouseholdId,
  timeZone: z.string(),
  tier: Tier,
  devices: z.array(
    z.object({ id: z.int(), uid: z.string(), kind: Kind, room: z.string(), role: Role }),
  ),
})
export type RecordedHome = z.infer<typeof RecordedHome>

/** Reads what a recording of a home says of it, or null when there is no such home. */
export async function recordedHome(db: pg.Pool, household: string): Promise<RecordedHome | null> {
  const [home] = await query(
    db,
    RecordedHome,
    `select h.id, h.household, h.time_zone as "timeZone", h.tier, coalesce((
       select jsonb_agg(jsonb_build_object('id', d.id, 'uid', d.uid, 'kind', d.kind, 'room', d.room,
         'role', d.role) order by d.id)
       from device d where d.household_id = h.id), '[]') as devices
     from household h where h.household = $1`,
    [household],
  )
  return home ?? null
}

const Row = z.object({
  at: Millis,
  device: z.int(),
  kind: z.int(),
  nature: z.int(),
  value: z.number(),
})

// So many rows are in memory at once.
const PIECE = 5000

/**
 * The readings of a home from `from` until `to`, in order of time, a cursor's piece at a time: a year needs no more
 * memory than a day. `uid` names a device by its number.
 */
export async function* recordedReadings(
  pool: pg.Pool,
  home: number,
  { from, to }: { readonly from: Millis; readonly to: Millis },
  uid: (device: number) => string,
): AsyncGenerator<Reading> {
  const client = await pool.connect()
  try {
    await client.query('begin read only')
    await client.query(
      `declare readings no scroll cursor for
       select at, device_id as device, kind, nature, value from reading
       where household_id = $1 and at >= $2 and at < $3 order by at, device_id, kind, value`,
      [home, instant(from), instant(to)],
    )
    for (;;) {
      const rows = await query(client, Row, `fetch ${PIECE} from readings`)
      for (const row of rows) yield readingOf(row, uid)
      if (rows.length < PIECE) return
    }
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
  }
}

function readingOf(
  { at, device, kind, nature, value }: z.infer<typeof Row>,
  uid: (device: number) => string,
): Reading {
  const named = KINDS[kind]
  const meant = NATURES[nature]
  if (named === undefined || meant === undefined)
    throw new Error(`a reading of kind ${kind} and nature ${nature}: this version knows neither`)
  return { uid: uid(device), kind: named, value, at, nature: meant }
}
