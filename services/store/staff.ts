import { z } from 'zod'
import { Channel } from '../../schemas/channel.ts'
import { Person } from '../../schemas/household.ts'
import { type Db, query } from './pool.ts'

/** The columns of a `Person`, for a statement on the table `person`. */
export const PERSON = `person.person, person.name, person.role, person.office, person.email, person.webhook,
  person.phone, person.slack, person.ntfy, person.cap,
  exists (select from push_subscription s where s.person = person.person) as push`

/** Finds one of the staff by id, or null: who has left the office is none of them. */
export async function findPerson(db: Db, person: string): Promise<Person | null> {
  const rows = await query(
    db,
    Person,
    `select ${PERSON} from person where person = $1 and left_at is null`,
    [person],
  )
  return rows[0] ?? null
}

/** Finds one of the staff by e-mail address, whatever its case, or null. */
export async function findPersonByEmail(db: Db, email: string): Promise<Person | null> {
  const rows = await query(
    db,
    Person,
    `select ${PERSON} from person
     where lower(email) = lower($1) order by person limit 1`,
    [email],
  )
  return rows[0] ?? null
}

const Addresses = z.object({ channel: Channel, people: z.int() })

/** By how many of the staff each channel could be used, as far as anybody has an address for it. */
export function addressesByChannel(db: Db): Promise<z.infer<typeof Addresses>[]> {
  return query(
    db,
    Addresses,
    `select channel, count(*) as people
     from person cross join lateral (values
       ('sms', phone), ('email', email), ('webhook', webhook), ('slack', slack), ('ntfy', ntfy), ('cap', cap)
     ) as way (channel, address)
     where address is not null group by channel order by channel`,
  )
}

/** One of the staff, as others choose them from a list. */
export const Colleague = Person.pick({ person: true, name: true, role: true })
export type Colleague = z.infer<typeof Colleague>

/** The staff of an office, by name. */
export function colleagues(db: Db, office: string): Promise<Colleague[]> {
  return query(
    db,
    Colleague,
    `select person, name, role from person where office = $1 and left_at is null
     order by name, person`,
    [office],
  )
}

/** The name of each of the staff by id, of those too who have left. */
export async function staffNames(db: Db): Promise<ReadonlyMap<string, string>> {
  const rows = await query(
    db,
    z.object({ person: z.string(), name: z.string() }),
    'select person, name from person',
  )
  return new Map(rows.map((row) => [row.person, row.name]))
}
