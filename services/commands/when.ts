import type pg from 'pg'
import { LocalEnd, LocalMoment } from '../../schemas/time.ts'
import type { Millis } from '../../schemas/time.ts'
import { firstInstant } from '../core/time.ts'
import { readOffice } from '../store/offices.ts'
import { findPerson } from '../store/staff.ts'
import { UsageError, readEnvironment } from './context.ts'
import { parse } from './database.ts'
import { localMoment } from './moment.ts'

/** How a date or a time is given, for the help of an option. */
export const LOCAL = 'a day, or a time on it: 2026-12-01 or 2026-12-01T13:30, of the office’s clock'

/** The instant at which what a local clock is to show has come, such as 2026-12-01 or 2026-12-01T13:30. */
export function fromLocal(text: string, timeZone: string): Millis {
  return firstInstant(parse(LocalMoment, text), timeZone)
}

/** The instant at which it is over: a day alone lasts to its end. */
export function untilLocal(text: string, timeZone: string): Millis {
  return firstInstant(parse(LocalEnd, text), timeZone)
}

/** The clock of an office: its own, or that of this installation. */
export async function zoneOf(pool: pg.Pool, office: string): Promise<string> {
  return (await readOffice(pool, office, readEnvironment(process.env).ANBU_TIME_ZONE)).timeZone
}

/** The clock of the office of one of the staff. Throws `UsageError` when there is no such person. */
export async function zoneOfPerson(pool: pg.Pool, id: string): Promise<string> {
  const person = await findPerson(pool, id)
  if (!person) throw new UsageError(`there is nobody called ${id}; next: anbu person add --help`)
  return await zoneOf(pool, person.office)
}

/** An instant on a clock, such as "2026-12-01 13:30"; "" for none. */
export function shown(at: Millis | null, timeZone: string): string {
  return at === null ? '' : localMoment(at, timeZone)
}
