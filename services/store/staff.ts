import { z } from 'zod'
import { Person } from '../../schemas/household.ts'
import { type Db, query } from './pool.ts'

/** Finds one of the staff by id, or null. */
export async function findPerson(db: Db, person: string): Promise<Person | null> {
  const rows = await query(
    db,
    Person,
    `select person, name, role, office, email, webhook from person where person = $1`,
    [person],
  )
  return rows[0] ?? null
}

/** Finds one of the staff by e-mail address, whatever its case, or null. */
export async function findPersonByEmail(db: Db, email: string): Promise<Person | null> {
  const rows = await query(
    db,
    Person,
    `select person, name, role, office, email, webhook from person
     where lower(email) = lower($1) order by person limit 1`,
    [email],
  )
  return rows[0] ?? null
}

/** The name of each of the staff by id. */
export async function staffNames(db: Db): Promise<ReadonlyMap<string, string>> {
  const rows = await query(
    db,
    z.object({ person: z.string(), name: z.string() }),
    'select person, name from person',
  )
  return new Map(rows.map((row) => [row.person, row.name]))
}
