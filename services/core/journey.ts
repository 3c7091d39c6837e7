import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import { type Gone, HALF_HOURS, SLOTS_A_DAY } from './silence.ts'
import { DAY, HOUR, QUARTER, localQuarter, offsetSpan } from './time.ts'

/** From so many quarter hours on a silence that no use of the exit door began is remembered as a journey. */
export const JOURNEY = (16 * HOUR) / QUARTER
/**
 * From so many on it may be a day trip that nobody saw begin: it began between four and eighteen, and ended between five in the
 * afternoon and two at night.
 */
export const TRIP = (6 * HOUR) / QUARTER

/** What tells how often somebody is gone unseen. */
export type Goings = Pick<Rhythm, 'day' | 'gone' | 'door'> & {
  readonly silences: readonly Stretch[]
  /** Where those of them begin that were spent with something running; without it, no meter tells. */
  readonly running?: ReadonlySet<number> | null
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
// How often somebody leaves for either while something runs that no machine switches.
const RUNNING = { journeys: 0.02 / MONTH, trips: 0.04 / MONTH }
// What has seen the exit being used within two weeks is there, and works.
const WORKS = 14
// As many silences of an hour and more a day are taken for granted for a week.
const SILENCES = 5
const SILENCES_DAYS = 7
// Where a meter tells, as many of them with something running as without.
const HALF = 0.5
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
  const { journeys, trips, running } = goings.gone
  const idle = { journeys: journeys - running.journeys, trips: trips - running.trips }
  const usual = isExitSeen(goings)
    ? { journeys: MISSED, trips: 0 }
    : { journeys: UNSEEN, trips: TRIPS }
  return among(goings, { gone: idle, usual, begun: begunOf(goings, timeZone, false) })
}

/** The same of a silence that is spent with something running: hardly anybody leaves what they have switched on. */
export function leavingRunning(goings: Goings, timeZone: string): Gone {
  const begun = begunOf(goings, timeZone, true)
  const usual = isExitSeen(goings) ? { ...RUNNING, trips: 0 } : RUNNING
  return among(goings, { gone: goings.gone.running, usual, begun })
}

type PerDay = Readonly<Record<keyof Gone, number>>
type Shown = { readonly gone: PerDay; readonly usual: PerDay; readonly begun: Float64Array }

function among({ gone: { days } }: Goings, { gone, usual, begun }: Shown): Gone {
  const shares = (kind: keyof Gone) => {
    const perDay = (gone[kind] + PRIOR_DAYS * usual[kind]) / (days + PRIOR_DAYS)
    // Nothing typed: of such arrays each costs a call of the system's, and `map` of one twice that.
    const some = Array<number>(HALF_HOURS).fill(0)
    for (let half = 0; half < HALF_HOURS; half++)
      some[half] = Math.min(MOST, (perDay * (SETS_OUT[half] ?? 0)) / (begun[half] ?? 1))
    return some
  }
  return { journeys: shares('journeys'), trips: shares('trips') }
}

// How often somebody goes unseen shows over a year.
const KEPT = 2 ** (-1 / 365)

type Counts = { journeys: number; trips: number }

/** How often somebody went unseen, and how often of these something ran. */
export type Unseen = Counts & { days: number; readonly running: Counts }

/** Counts a day more, and forgets. */
export function forgetGone(gone: Unseen): void {
  gone.days = gone.days * KEPT + 1
  for (const counts of [gone, gone.running]) {
    counts.journeys *= KEPT
    counts.trips *= KEPT
  }
}

/** Counts a silence that no use of the exit door began; `isRunning`: it was spent with something running. */
export function takeGone(
  gone: Unseen,
  stretch: Stretch,
  { timeZone, isRunning }: { readonly timeZone: string; readonly isRunning: boolean },
): void {
  for (const counts of isRunning ? [gone, gone.running] : [gone])
    if (stretch[1] >= JOURNEY) counts.journeys++
    else if (isTrip(stretch, timeZone)) counts.trips++
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

// Made once.
const begunOnce = new Float64Array(HALF_HOURS)

// How many silences begin in each half hour, a day, with or without something running where a meter tells: an hour to both
// sides, for nobody goes by the clock.
function begunOf(goings: Goings, timeZone: string, isRunning: boolean): Float64Array {
  const { silences, running, day } = goings
  const first = silences[0]?.[0] ?? (day * DAY) / QUARTER
  const days = Math.max(0, day - first / SLOTS_A_DAY)
  const some = running ? silences.filter(([start]) => running.has(start) === isRunning) : silences
  countBegun(some, timeZone)
  const usual = (SILENCES * SILENCES_DAYS * (running ? HALF : 1)) / HALF_HOURS
  for (let half = 0; half < HALF_HOURS; half++)
    begunOnce[half] = (usual + around(half)) / (days + SILENCES_DAYS)
  return begunOnce
}

function countBegun(silences: readonly Stretch[], timeZone: string): void {
  begunIn.fill(0)
  for (const [start] of silences) {
    const local = start + offsetSpan(start * QUARTER, timeZone).offset / QUARTER
    const half = ((local | 0) % SLOTS_A_DAY) >> 1
    begunIn[half] = (begunIn[half] ?? 0) + 1
  }
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

function staysFor(hours: number, comesHome: (half: number) => boolean): readonly number[] {
  return Array.from({ length: HALF_HOURS }, (_, half) =>
    comesHome(half) ? Math.exp(-0.5 / hours) : 1,
  )
}
