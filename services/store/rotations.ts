import type pg from 'pg'
import { z } from 'zod'
import { Override, Rotation } from '../../schemas/roster.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { readable } from './refused.ts'
import { recordChange } from './roster-changes.ts'

/** Sets a rota up, or changes it. Each participant must be one of the staff. */
export async function saveRotation(
  pool: pg.Pool,
  given: Rotation,
  by: string | null,
  now: Millis,
): Promise<void> {
  const rotation = readable(Rotation, `the rota ${given.rotation}`, given)
  await transaction(pool, async (db) => {
    const [unknown] = await query(
      db,
      z.object({ person: z.string() }),
      `select named.person from unnest($1::text[]) as named (person)
       left join person p on p.person = named.person and p.left_at is null
       where p.person is null limit 1`,
      [rotation.participants],
    )
    if (unknown) throw new UnknownPerson(unknown.person)
    await db.query(
      `insert into rotation (rotation, office, time_zone, start, length, participants, bands)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (rotation) do update set office = excluded.office, time_zone = excluded.time_zone,
         start = excluded.start, length = excluded.length, participants = excluded.participants,
         bands = excluded.bands`,
      [
        rotation.rotation,
        rotation.office,
        rotation.timeZone,
        rotation.start,
        rotation.length,
        rotation.participants,
        rotation.bands,
      ],
    )
    await recordChange(db, { by, act: 'save-rotation', what: rotation }, now)
  })
}

/** A rota names somebody who is none of the staff. */
export class UnknownPerson extends Error {
  constructor(person: string) {
    super(`there is nobody called ${person} among the staff`)
  }
}

/** Takes a rota away, with its changes. False when there is none of that name. */
export async function removeRotation(
  pool: pg.Pool,
  rotation: string,
  by: string | null,
  now: Millis,
): Promise<boolean> {
  return await transaction(pool, async (db) => {
    const gone = await db.query('delete from rotation where rotation = $1', [rotation])
    if (gone.rowCount === 0) return false
    await recordChange(db, { by, act: 'remove-rotation', what: { rotation } }, now)
    return true
  })
}

/** The rotas of an office, or all of them. */
export function listRotations(db: Db, office: string | null): Promise<Rotation[]> {
  return query(
    db,
    Rotation,
    `select rotation, office, time_zone as "timeZone", start, length, participants, bands
     from rotation where $1::text is null or office = $1 order by office, rotation`,
    [office],
  )
}

/** Finds a rota by its name, or null. */
export async function findRotation(db: Db, rotation: string): Promise<Rotation | null> {
  const [found] = await query(
    db,
    Rotation,
    `select rotation, office, time_zone as "timeZone", start, length, participants, bands
     from rotation where rotation = $1`,
    [rotation],
  )
  return found ?? null
}

const Numbered = z.object({ id: z.int() })

/**
 * Changes a rota for some time and returns the change's number. Fails with `one_override` when another change names
 * one of the two for the same time: which came first would decide who is told.
 */
export async function addOverride(
  pool: pg.Pool,
  given: Omit<Override, 'id'>,
  by: string | null,
  now: Millis,
): Promise<number> {
  const override = readable(Override.omit({ id: true }), `the change of ${given.rotation}`, given)
  return await transaction(pool, async (db) => {
    const [added] = await query(
      db,
      Numbered,
      `with added as (
         insert into rotation_override (rotation, since, until, "out", "in", reason)
         values ($1, $2, $3, $4, $5, $6) returning *
       ), named as (
         insert into rotation_override_person (override_id, rotation, person, during)
         select id, rotation, person, tstzrange(since, until)
         from added, unnest(array["out", "in"]) as person where person is not null
       )
       select id from added`,
      [
        override.rotation,
        instant(override.since),
        instant(override.until),
        override.out,
        override.in,
        override.reason,
      ],
    )
    if (!added) throw new Error(`the change of ${override.rotation} was not stored`)
    await recordChange(db, { by, act: 'add-override', what: { ...added, ...override } }, now)
    return added.id
  })
}

/** Takes a change of a rota back. False when there is none of that number. */
export async function removeOverride(
  pool: pg.Pool,
  id: number,
  by: string | null,
  now: Millis,
): Promise<boolean> {
  return await transaction(pool, async (db) => {
    const gone = await db.query('delete from rotation_override where id = $1', [id])
    if (gone.rowCount === 0) return false
    await recordChange(db, { by, act: 'remove-override', what: { id } }, now)
    return true
  })
}

/** The changes that have not ended by `now`, of the rotas of one office or of all. */
export function listOverrides(db: Db, office: string | null, now: Millis): Promise<Override[]> {
  return query(
    db,
    Override,
    `select o.id, o.rotation, o.since, o.until, o."out", o."in", o.reason
     from rotation_override o join rotation r using (rotation)
     where o.until > $1 and ($2::text is null or r.office = $2) order by o.since, o.id`,
    [instant(now), office],
  )
}
