import type { Habit, HabitDay, HabitName } from '../../schemas/habit.ts'

/** A habit that is no longer what it was: the median of the six weeks before and of the last two. */
export type Change = {
  readonly what: HabitName
  readonly before: number
  readonly now: number
}

/** The last two weeks are held against the six before: whole weeks, so that each weekday counts alike. */
const RECENT = 14
const BEFORE = 42
// So many of them must have been watched.
const LEAST_RECENT = 10
const LEAST_BEFORE = 28
/** A change that was told is not told again for four weeks. */
const AGAIN = 28
/**
 * How many standard deviations the ranks must lie apart. 4 would be one in 16,000 for independent days; days are not,
 * and each week is looked at anew, so the rate was measured (test/core/trend.test.ts).
 */
const APART = 4

type Watch = {
  readonly what: HabitName
  /** Which way it worries: -1 less, 1 more, 0 either. */
  readonly way: -1 | 0 | 1
  /** The least shift that matters, given the median before: a practical change, not only one that can be shown. */
  readonly least: (before: number) => number
}

const WATCHED: readonly Watch[] = [
  { what: 'activity', way: -1, least: (before) => Math.max(4, before / 4) },
  { what: 'nights', way: 1, least: () => 3 },
  { what: 'morning', way: 0, least: () => 4 },
  { what: 'outings', way: -1, least: (before) => Math.max(1, before / 2) },
]

/**
 * Which habits have changed, by the rank-sum test of Mann and Whitney (1947, "On a test of whether one of two random
 * variables is stochastically larger than the other", Ann. Math. Stat. 18) with the shift of Hodges and Lehmann (1963,
 * "Estimates of location based on rank tests", Ann. Math. Stat. 34): neither minds a trip, a feast or a broken day. Each
 * of the two weeks must show at least half of the shift, so that one odd week is no change.
 */
export function changes(days: Habit['days']): Change[] {
  const recent = days.slice(-RECENT)
  const before = days.slice(-(RECENT + BEFORE), -RECENT)
  return WATCHED.flatMap((watch) => {
    const change = changeOf(watch, valuesOf(before, watch.what), recent)
    return change ? [change] : []
  })
}

/** The changes that are to be told on a day, and the habit as it stands then. A week is looked at once. */
export function lookForChanges(habit: Habit): { readonly habit: Habit; readonly found: Change[] } {
  const week = Math.floor((habit.day + THURSDAY) / 7)
  if (week <= habit.week) return { habit, found: [] }
  const found = changes(habit.days).filter(
    ({ what }) => habit.day - (habit.told[what] ?? -Infinity) >= AGAIN,
  )
  const told = { ...habit.told }
  for (const { what } of found) told[what] = habit.day
  return { habit: { ...habit, week, told }, found }
}

// Day 0 was a Thursday, and weeks begin on Mondays.
const THURSDAY = 3

/** Adds days behind those that are held; what is older than eight weeks is dropped. */
export function addDays(habit: Habit, days: Habit['days']): Habit {
  return {
    ...habit,
    day: habit.day + days.length,
    days: [...habit.days, ...days].slice(-(RECENT + BEFORE)),
  }
}

function changeOf(
  { what, way, least }: Watch,
  before: readonly number[],
  days: Habit['days'],
): Change | null {
  const recent = valuesOf(days, what)
  if (before.length < LEAST_BEFORE || recent.length < LEAST_RECENT) return null
  const usual = median(before)
  // Most homes end here: the shift costs thirty times as much.
  const apart = rankSum(before, recent)
  if (Math.abs(apart) < APART || (way !== 0 && Math.sign(apart) !== way)) return null
  const shift = hodgesLehmann(before, recent)
  if (Math.abs(shift) < least(usual)) return null
  const weeks = [days.slice(0, 7), days.slice(7)].map((week) => valuesOf(week, what))
  const lasts = weeks.every(
    (week) => week.length > 0 && (median(week) - usual) * Math.sign(shift) >= Math.abs(shift) / 2,
  )
  return lasts ? { what, before: usual, now: median(recent) } : null
}

function valuesOf(days: Habit['days'], what: keyof HabitDay): number[] {
  return days.flatMap((day) => (day === null ? [] : [day[what]]))
}

/** The median. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

/** By how much `after` lies above `before`: the median of all differences. */
export function hodgesLehmann(before: readonly number[], after: readonly number[]): number {
  return median(after.flatMap((a) => before.map((b) => a - b)))
}

/** The rank sum of `after` in standard deviations from what chance expects, corrected for ties; above 0: it is larger. */
export function rankSum(before: readonly number[], after: readonly number[]): number {
  const [m, n] = [before.length, after.length]
  const sorted = [...before, ...after].toSorted((a, b) => a - b)
  // The rank of a value that occurs t times is the mean of the t ranks it takes.
  const ranks = new Map<number, number>()
  let ties = 0
  for (let first = 0; first < sorted.length;) {
    const value = sorted[first] ?? 0
    const behind = sorted.findLastIndex((each) => each === value) + 1
    ranks.set(value, (first + 1 + behind) / 2)
    ties += (behind - first) ** 3 - (behind - first)
    first = behind
  }
  const sum = after.reduce((all, value) => all + (ranks.get(value) ?? 0), 0)
  const total = m + n
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)))
  return variance === 0 ? 0 : (sum - (n * (total + 1)) / 2) / Math.sqrt(variance)
}
