import type pg from 'pg'
import type { Office, OfficeDay } from '../../schemas/roster.ts'
import type { Millis } from '../../schemas/time.ts'
import { transaction } from './pool.ts'
import { recordChange } from './roster-changes.ts'

/** Says when an office is open. */
export async function setHours(
  pool: pg.Pool,
  hours: { readonly office: string } & Omit<Office, 'days'>,
  by: string | null,
  now: Millis,
): Promise<void> {
  await transaction(pool, async (db) => {
    await db.query(
      `insert into office (office, time_zone, opens, closes) values ($1, $2, $3, $4)
       on conflict (office) do update set time_zone = excluded.time_zone, opens = excluded.opens,
         closes = excluded.closes`,
      [hours.office, hours.timeZone, hours.opens, hours.closes],
    )
    await recordChange(db, { by, act: 'set-hours', what: hours }, now)
  })
}

/** Says that an office rests, or works, on a local day whatever the calendar says. */
export async function setDay(
  pool: pg.Pool,
  { office, day, rest, name }: { readonly office: string } & OfficeDay,
  by: string | null,
  now: Millis,
): Promise<void> {
  await transaction(pool, async (db) => {
    await db.query(
      `insert into office_day (office, day, rest, name) values ($1, date '1970-01-01' + $2::int, $3, $4)
       on conflict (office, day) do update set rest = excluded.rest, name = excluded.name`,
      [office, day, rest, name],
    )
    await recordChange(db, { by, act: 'set-day', what: { office, day, rest, name } }, now)
  })
}
