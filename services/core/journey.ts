import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import { HALF_HOURS, SLOTS_A_DAY } from './silence.ts'
import { DAY, HOUR, QUARTER, offsetSpan } from './time.ts'

/** From so many quarter hours on a silence that no use of the exit door began is remembered as a journey. */
export const JOURNEY = (16 * HOUR) / QUARTER

/** What tells how often somebody is gone unseen. */
export type Goings = Pick<Rhythm, 'day' | 'journeys' | 'door' | 'peaks'> & {
  readonly silences: readonly Stretch[]
}

const MONTH = 30.44
// How often homes are left for a night and more where nobody sees it, and where a contact misses it; it weighs 40 days.
const UNSEEN = 0.4 / MONTH
const MISSED = 0.02 / MONTH
const PRIOR_DAYS = 40
// A contact that was used within two weeks is there, and works.
const WORKS = 14
// As many silences of an hour and more a day are taken for granted for a week.
const SILENCES = 5
const SILENCES_DAYS = 7
// Above this nothing is known any more.
const MOST = 0.5

// When people set out: from seven to six; half as often from five and until nine; hardly at night.
const SETS_OUT = share((hour) => (hour >= 7 && hour < 18 ? 1 : hour >= 5 && hour < 21 ? 0.5 : 0.05))

function share(weight: (hour: number) => number): Float64Array {
  const all = Float64Array.from({ length: HALF_HOURS }, (_, half) => weight(half >> 1))
  const sum = all.reduce((a, b) => a + b, 0)
  return all.map((each) => each / sum)
}

/**
 * The chance that a silence which begins in a half hour of the day is a journey that nobody saw begin: the journeys a day
 * that the home has shown, shrunk to what homes are like, at the hours at which people set out, among all silences that begin then.
 */
export function leavingOf(goings: Goings, timeZone: string): Float64Array {
  const { journeys, peaks, door, day } = goings
  const isWatched = door !== null && door >= ((day - WORKS) * DAY) / QUARTER
  const usual = isWatched ? MISSED : UNSEEN
  const perDay = (journeys.length + PRIOR_DAYS * usual) / (peaks.length + PRIOR_DAYS)
  const leaving = begunOf(goings, timeZone)
  for (let half = 0; half < HALF_HOURS; half++)
    leaving[half] = Math.min(MOST, (perDay * (SETS_OUT[half] ?? 0)) / (leaving[half] ?? 1))
  return leaving
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

/** Which share of those who are still away at a half hour of the day is away after it. */
export const STAYS = Float64Array.from({ length: HALF_HOURS }, (_, half) =>
  half >= 18 && half < 44 ? Math.exp(-0.5 / DAYLIGHT) : 1,
)
