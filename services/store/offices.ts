import type pg from 'pg'
import { z } from 'zod'
import { Office, OfficeDay } from '../../schemas/roster.ts'
import { Millis } from '../../schemas/time.ts'
import { type QuietHours, USUAL_HOURS, USUAL_QUIET } from '../core/office-hours.ts'
import { type Db, query, transaction } from './pool.ts'
import { recordChange } from './roster-changes.ts'

/** The hours and the own days of an office; one that has said none keeps the usual hours of `timeZone`. */
export async function readOffice(db: Db, office: string, timeZone: string): Promise<Office> {
  const [hours] = await query(
    db,
    Office.omit({ days: true }),
    `select time_zone as "timeZone", opens, closes from office where office = $1`,
    [office],
  )
  return { ...(hours ?? { ...USUAL_HOURS, timeZone }), days: await officeDays(db, office) }
}

/** The days on which an office is not as the calendar says. */
function officeDays(db: Db, office: string): Promise<OfficeDay[]> {
  return query(
    db,
    OfficeDay,
    `select day - date '1970-01-01' as day, rest, name from office_day where office = $1 order by day`,
    [office],
  )
}

/** Every office that has homes, hours or staff who are people. */
export async function listOffices(db: Db): Promise<string[]> {
  const rows = await query(
    db,
    z.object({ office: z.string() }),
    `select office from household where purpose = 'home' union select office from office
     union select office from person where person <> 'canary' and left_at is null order by office`,
  )
  return rows.map(({ office }) => office)
}

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

/** When the residents of an office's homes are not to be called by a machine. */
export async function readQuiet(db: Db, office: string): Promise<QuietHours> {
  const [quiet] = await query(
    db,
    z.object({ begins: Millis, ends: Millis }),
    'select begins, ends from quiet_hours where office = $1',
    [office],
  )
  return quiet ?? USUAL_QUIET
}

/** Says when the residents of an office's homes are not to be called by a machine. */
export async function setQuiet(
  pool: pg.Pool,
  { office, begins, ends }: { readonly office: string } & QuietHours,
  by: string | null,
  now: Millis,
): Promise<void> {
  await transaction(pool, async (db) => {
    await db.query(
      `insert into quiet_hours (office, begins, ends) values ($1, $2, $3)
       on conflict (office) do update set begins = excluded.begins, ends = excluded.ends`,
      [office, begins, ends],
    )
    await recordChange(db, { by, act: 'set-quiet', what: { office, begins, ends } }, now)
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

/** Lets a day be as the calendar says again. False when nothing else was said of it. */
export async function clearDay(
  pool: pg.Pool,
  { office, day }: { readonly office: string; readonly day: number },
  by: string | null,
  now: Millis,
): Promise<boolean> {
  return await transaction(pool, async (db) => {
    const gone = await db.query(
      `delete from office_day where office = $1 and day = date '1970-01-01' + $2::int`,
      [office, day],
    )
    if (gone.rowCount === 0) return false
    await recordChange(db, { by, act: 'clear-day', what: { office, day } }, now)
    return true
  })
}
