import type { StaffEvent } from '../../schemas/alert.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Recipient } from './roster.ts'
import { type Case, type Course, type Decision, ownerOf, refuse, stay } from './rungs.ts'

type Act<Type extends StaffEvent['type']> = Extract<StaffEvent, { type: Type }>
type Offer = NonNullable<Case['offer']>

/** Offers it to somebody who must accept; until then it stays with its owner. */
export function offer(alert: Case, { by, to, until }: Act<'offer'>, course: Course): Decision {
  const { state } = alert
  if (ownerOf(state) !== by || to === by) return refuse(alert, 'not-yours')
  const person = course.find(to)
  if (!person || person.person === by) return refuse(alert, 'unknown-person')
  return offered(alert, person, { by, until }, course)
}

/** The offer is not taken: it stays where it is, and the giver learns so. */
export function turnDown(alert: Case, { by }: Act<'refuse'>, course: Course): Decision {
  if (alert.offer?.to !== by) return refuse(alert, 'nothing-offered')
  return notTaken(alert, alert.offer, course)
}

/** Who was to take it is not there: their deputy is asked, or the giver learns that it is still theirs. */
export function passOn(alert: Case, given: Offer, course: Course): Decision {
  const instead = course.find(given.to)
  const others = [given.to, given.by, ownerOf(alert.state)]
  return instead && !others.includes(instead.person)
    ? offered(alert, instead, given, course)
    : notTaken(alert, given, course)
}

/** The giver's shift is over and nobody has accepted: it stays with the giver, and the supervisor must see to it. */
export function late(alert: Case, course: Course): Decision {
  const { offer: given } = alert
  if (!given) return stay(alert)
  const people = course.supervisors
  const step = course.reach.length
  const times = alert.offers
  const tell = { type: 'tell', purpose: 'late', loop: 0, step, times, people } as const
  const next = { ...alert, offer: { ...given, late: true } }
  return { ...stay(next), effects: people.length > 0 ? [tell] : [] }
}

// To whoever stands in for them, if they are on leave.
function offered(
  alert: Case,
  person: Recipient,
  given: { readonly by: string; readonly until: Millis },
  { reach }: Course,
): Decision {
  const times = alert.offers
  const next = { to: person.person, by: given.by, until: given.until, late: false }
  const place = { loop: 0, step: reach.length + 1, times } as const
  const tell = { type: 'tell', purpose: 'offered', ...place, people: [person] } as const
  return { ...stay({ ...alert, offer: next, offers: times + 1 }), effects: [tell] }
}

function notTaken(alert: Case, { by }: Offer, course: Course): Decision {
  const giver = course.find(by)
  const place = { loop: 0, step: course.reach.length + 1, times: alert.offers } as const
  const tell = { type: 'tell', purpose: 'returned', ...place } as const
  const effects = giver ? [{ ...tell, people: [giver] }] : []
  return { ...stay({ ...alert, offer: null }), effects }
}
