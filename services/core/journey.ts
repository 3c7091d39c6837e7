import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import { type Gone, HALF_HOURS, SLOTS_A_DAY } from './silence.ts'
import { DAY, HOUR, QUARTER, localQuarter, offsetSpan } from './time.ts'

/** From so many quarter hours on a silence that no use of the exit door began is remembered as a journey. */
export const JOURNEY = (16 * HOUR) / QUARTER
// A day trip that nobody saw begin is a shorter one: it began between four and eighteen, and ended between five in the
// afternoon and two at night.
const TRIP = (6 * HOUR) / QUARTER

/** What tells how often somebody is gone unseen. */
export type Goings = Pick<Rhythm, 'day' | 'gone' | 'door'> & {
  readonly silences: readonly Stretch[]
}

const MONTH = 30.44
// How often homes are left for a night and more where nobody sees it, and where what sees the exit misses it; it weighs
// 40 days.
const UNSEEN = 0.4 / MONTH
const MISSED = 0.02 / MONTH
// How often a day is spent outside unseen, by what recorded homes show where nothing sees the exit; else only their own
// trips count.
const TRIPS = 0.8 / MONTH
const PRIOR_DAYS = 40
// What has seen the exit being used within two weeks is there, and works.
const WORKS = 14
// As many silences of an hour and more a day are taken for granted for a week.
const SILENCES = 5
const SILENCES_DAYS = 7
// Above this nothing is known any more.
const MOST = 0.45

// When people set out: from seven to six; half as often from five and until nine; hardly at night.
const SETS_OUT = share((hour) => (hour >= 7 && hour < 18 ? 1 : hour >= 5 && hour < 21 ? 0.5 : 0.05))

function share(weight: (hour: number) => number): Float64Array {
  const all = Float64Array.from({ length: HALF_HOURS }, (_, half) => weight(half >> 1))
  const sum = all.reduce((a, b) => a + b, 0)
  return all.map((each) => each / sum)
}

/**
 * How likely a silence is a journey, and how likely a day trip, that nobody saw begin: those a day that the home has
 * shown, shrunk to what homes are like, at the hours at which people set out, among all silences that begin then.
 */
export function leavingOf(goings: Goings, timeZone: string): Gone {
  const { gone } = goings
  const isSeen = isExitSeen(goings)
  const aDay = (shown: number, usual: number) =>
    (shown + PRIOR_DAYS * usual) / (gone.days + PRIOR_DAYS)
  const begun = begunOf(goings, timeZone)
  const among = (perDay: number) =>
    begun.map((all, half) => Math.min(MOST, (perDay * (SETS_OUT[half] ?? 0)) / all))
  return {
    journeys: among(aDay(gone.journeys, isSeen ? MISSED : UNSEEN)),
    trips: among(aDay(gone.trips, isSeen ? 0 : TRIPS)),
  }
}

/** Whether something sees the exit of a home being used. */
export function isExitSeen({ door, day }: Pick<Goings, 'door' | 'day'>): boolean {
  return door !== null && door >= ((day - WORKS) * DAY) / QUARTER
}

/** Whether a silence that no use of the exit door began looks like a day spent outside. */
export function isTrip([start, length]: Stretch, timeZone: string): boolean {
  if (length < TRIP || length >= JOURNEY) return false
  const begun = localQuarter(start * QUARTER, timeZone) / 4
  const over = localQuarter((start + length) * QUARTER, timeZone) / 4
  return begun >= 4 && begun < 18 && (over >= 17 || over < 2)
}

// How many silences begin in each half hour, a day: an hour to both sides, for nobody goes by the clock.
function begunOf({ silences, day }: Goings, timeZone: string): Float64Array {
  const first = silences[0]?.[0] ?? (day * DAY) / QUARTER
  const days = Math.max(0, day - first / SLOTS_A_DAY)
  begunIn.fill(0)
  for (const [start] of silences) {
    const local = start + offsetSpan(start * QUARTER, timeZone).offset / QUARTER
    const half = ((local | 0) % SLOTS_A_DAY) >> 1
    begunIn[half] = (begunIn[half] ?? 0) + 1
  }
  const usual = (SILENCES * SILENCES_DAYS) / HALF_HOURS
  const begun = new Float64Array(HALF_HOURS)
  for (let half = 0; half < HALF_HOURS; half++)
    begun[half] = (usual + around(half)) / (days + SILENCES_DAYS)
  return begun
}

// Made once: how many silences begin in each half hour.
const begunIn = new Int32Array(HALF_HOURS)

function around(half: number): number {
  const near = at(half - 1) + at(half + 1)
  return (3 * at(half) + 2 * near + at(half - 2) + at(half + 2)) / 9
}

function at(half: number): number {
  return begunIn[(half + HALF_HOURS) % HALF_HOURS] ?? 0
}

// Whoever is away over night comes back by day: after twenty hours of daylight more, on average.
const DAYLIGHT = 20
// Whoever is out for the day comes home between six in the evening and half past one: on average within two hours.
const EVENING = 2

/** Which share of those who are still gone at a half hour of the day is gone after it. */
export const STAYS: Gone = {
  journeys: staysFor(DAYLIGHT, (half) => half >= 18 && half < 44),
  trips: staysFor(EVENING, (half) => half >= 36 || half < 3),
}

function staysFor(hours: number, comesHome: (half: number) => boolean): Float64Array {
  return Float64Array.from({ length: HALF_HOURS }, (_, half) =>
    comesHome(half) ? Math.exp(-0.5 / hours) : 1,
  )
}
