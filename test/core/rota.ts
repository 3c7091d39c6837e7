import { Channel } from '../../schemas/channel.ts'
import { NO_CONTACTS, type Person } from '../../schemas/household.ts'
import type { Assignment, Leave, Office, Rotation } from '../../schemas/roster.ts'
import { USUAL_HOURS } from '../../services/core/office-hours.ts'
import type { Roster } from '../../services/core/roster.ts'
import { DAY } from '../../services/core/time.ts'

/** An office in Seoul with the usual hours and no days of its own. */
export const OFFICE: Office = { ...USUAL_HOURS, timeZone: 'Asia/Seoul', days: [] }

/** One of the staff, made up, whom e-mail reaches. */
export function staff(person: string, role: Person['role'], rest: Partial<Person> = {}): Person {
  const email = `${person}@example.org`
  const name = `Made-up ${person}`
  return { person, name, role, office: 'gwanak', ...NO_CONTACTS, email, ...rest }
}

/** A roster with these people in it, by any channel, on which nothing else stands but `rest`. */
export function rosterOf(people: readonly Person[], rest: Partial<Roster> = {}): Roster {
  return {
    people,
    deputies: new Map(),
    leaves: [],
    office: OFFICE,
    rotations: [],
    overrides: [],
    load: new Map(),
    channels: Channel.options,
    contacts: [],
    ...rest,
  }
}

/** Somebody assigned from the beginning, until further notice. */
export function since0(person: string, duty: Assignment['duty'] = 'planner'): Assignment {
  return { person, duty, since: 0, until: null }
}

/** A leave from `since` to `until`. */
export function leave(person: string, since: number, until: number, deputy?: string): Leave {
  return { id: 1, person, since, until, deputy: deputy ?? null, reason: '연가' }
}

/** A desk that hands over every day at nine in Seoul, in all bands, from 2026-03-02 (a Monday) on. */
export function rotation(participants: string[], rest: Partial<Rotation> = {}): Rotation {
  return {
    rotation: 'desk',
    office: 'gwanak',
    timeZone: 'Asia/Seoul',
    start: Date.parse('2026-03-02T09:00Z'),
    length: DAY,
    participants,
    bands: ['office', 'night', 'holiday'],
    ...rest,
  }
}
