import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Curve, SLOTS, SLOTS_A_DAY, mergeSpans, slotAt, surprise } from './silence.ts'
import { COHORT_TAIL, fitTail } from './tail.ts'
import { DAY, QUARTER, type Span, isWeekend, localDay } from './time.ts'

/**
 * A quarter hour in which a home gave signs of life. `exit`: its exit door was used; `sensors`: by which sensors, a
 * bit for each slot, 0 when that is not known.
 */
export type ActiveQuarter = {
  readonly quarter: Millis
  readonly exit: boolean
  readonly sensors: number
}

/** What happened in a home since its rhythm was learnt last, in order of time. */
export type Past = {
  readonly activity: readonly ActiveQuarter[]
  readonly unseen: readonly Span[]
  readonly timeZone: string
  readonly isRest?: (day: number) => boolean
}

/** What is known of a home on its first day: nothing of its own. */
export const EMPTY_RHYTHM: Rhythm = {
  until: null,
  byExit: false,
  day: 0,
  weekday: { active: Array<number>(96).fill(0), days: Array<number>(96).fill(0) },
  rest: { active: Array<number>(96).fill(0), days: Array<number>(96).fill(0) },
  silences: [],
  longest: [],
  absences: [],
  tail: COHORT_TAIL,
}

const HALF_LIFE = 21
const WINDOW = (60 * DAY) / QUARTER
const KEPT = 12
// A day without any sign has been asked about, whatever the model says: it was an absence, or a matter of its own.
const LONG = DAY / QUARTER

/**
 * Takes into the rhythm what happened before `until`, up to the last sign of life: a silence that still lasts
 * teaches nothing, or a death would teach that silence is normal. Quarters out of sight, or spent out after a
 * use of the exit door, count neither as silence nor as calm. Learning twice the same changes nothing.
 */
export function learn(rhythm: Rhythm, past: Past, until: Millis): Rhythm {
  const draft = openDraft(rhythm, past)
  for (const { quarter, exit } of past.activity) {
    if (quarter >= until) break
    const number = quarter / QUARTER
    if (number > (draft.until ?? -1)) take(draft, number, exit)
  }
  return close(draft)
}

/** How a home's day goes as far as is known: what was counted, shrunk to what homes are like. */
export function curveOf(
  rhythm: Pick<Rhythm, 'weekday' | 'rest'>,
  timeZone: string,
  isRest: (day: number) => boolean = isWeekend,
): Curve {
  const chance = new Float64Array(SLOTS)
  for (let slot = 0; slot < SLOTS_A_DAY; slot++) {
    const usual = shrink(rhythm.weekday, slot, COHORT[slot >> 2] ?? 0)
    chance[slot] = usual
    // A home's days of rest are first of all days of that home.
    chance[slot + SLOTS_A_DAY] = shrink(rhythm.rest, slot, usual)
  }
  return { timeZone, isRest, chance, hazard: chance.map((p) => -Math.log1p(-p) / QUARTER) }
}

/**
 * The chance of a sign of life in a quarter hour, by the hour of the day, before we know the home. It is one
 * curve for all tiers: nothing published tells their habits apart. It is meant for few sensors: a home that
 * is busier than this is missed later in its first days, never earlier.
 */
const COHORT = [
  0.08, 0.06, 0.05, 0.05, 0.06, 0.1, 0.22, 0.34, 0.38, 0.38, 0.36, 0.36, 0.38, 0.36, 0.34, 0.34,
  0.36, 0.38, 0.4, 0.38, 0.34, 0.28, 0.2, 0.12,
]

// How many days the prior weighs.
const PRIOR_DAYS = 3
// No slot is so quiet that silence costs nothing there, or so busy that one quarter decides.
const LEAST = 0.005
const MOST = 0.97

// A slot learns from its neighbours too: nobody gets up by the quarter hour.
function shrink(days: Rhythm['weekday'], slot: number, prior: number): number {
  const active = smooth(days.active, slot)
  const seen = smooth(days.days, slot)
  const chance = (PRIOR_DAYS * prior + active) / (PRIOR_DAYS + seen)
  return Math.min(MOST, Math.max(LEAST, chance))
}

function smooth(slots: readonly number[], slot: number): number {
  const before = slots[(slot + SLOTS_A_DAY - 1) % SLOTS_A_DAY] ?? 0
  const after = slots[(slot + 1) % SLOTS_A_DAY] ?? 0
  return (before + 2 * (slots[slot] ?? 0) + after) / 4
}

type Draft = {
  until: number | null
  byExit: boolean
  day: number
  readonly active: Float64Array
  readonly days: Float64Array
  readonly silences: Stretch[]
  readonly longest: Stretch[]
  readonly absences: Stretch[]
  /** The surprise of the silence that stands for the present day, by the curve of that morning. */
  best: number
  curve: Curve
  readonly unseen: readonly Span[]
}

function openDraft(rhythm: Rhythm, { timeZone, unseen, isRest }: Past): Draft {
  const curve = curveOf(rhythm, timeZone, isRest)
  return {
    until: rhythm.until,
    byExit: rhythm.byExit,
    day: rhythm.day,
    active: Float64Array.from([...rhythm.weekday.active, ...rhythm.rest.active]),
    days: Float64Array.from([...rhythm.weekday.days, ...rhythm.rest.days]),
    silences: [...rhythm.silences],
    longest: [...rhythm.longest],
    absences: [...rhythm.absences],
    best: bestOf(rhythm, curve),
    curve,
    unseen: mergeSpans(unseen),
  }
}

function bestOf({ day, silences }: Rhythm, curve: Curve): number {
  const last = silences.at(-1)
  if (!last || localDay((last[0] + last[1]) * QUARTER, curve.timeZone) < day) return -Infinity
  return surpriseOf(curve, last)
}

function close(draft: Draft): Rhythm {
  const { silences, longest, absences, until, byExit, day } = draft
  const known = { until, byExit, day, ...counts(draft) }
  const curve = curveOf(known, draft.curve.timeZone, draft.curve.isRest)
  // All by one curve, today's, or the silences of the first days would not compare.
  const tail = fitTail(silences.map((silence) => surpriseOf(curve, silence)))
  return { ...known, silences, longest, absences, tail }
}

function counts({ active, days }: Draft): Pick<Rhythm, 'weekday' | 'rest'> {
  const [weekday, rest] = [0, SLOTS_A_DAY] as const
  return {
    weekday: { active: slotsFrom(active, weekday), days: slotsFrom(days, weekday) },
    rest: { active: slotsFrom(active, rest), days: slotsFrom(days, rest) },
  }
}

function slotsFrom(slots: Float64Array, from: number): number[] {
  return Array.from(slots.subarray(from, from + SLOTS_A_DAY), round)
}

// Three digits keep the row small; rounding each day as well makes a month learnt at once equal one by days.
function round(days: number): number {
  return Math.round(days * 1000) / 1000
}

// The next quarter hour with a sign of life: what lies between it and the last one is now over.
function take(draft: Draft, number: number, exit: boolean): void {
  turnDay(draft, localDay(number * QUARTER, draft.curve.timeZone))
  if (draft.until !== null) {
    const stretch: Stretch = [draft.until, number - draft.until]
    if (draft.byExit || stretch[1] >= LONG) takeAbsence(draft, stretch, exit)
    else takeSilence(draft, stretch)
  }
  if (!isUnseen(draft.unseen, number, number + 1)) count(draft, number, 1)
  draft.until = number
  draft.byExit = exit
}

function turnDay(draft: Draft, day: number): void {
  if (day <= draft.day) return
  if (draft.until !== null) {
    const kept = 2 ** ((draft.day - day) / HALF_LIFE)
    for (let slot = 0; slot < SLOTS; slot++) {
      draft.active[slot] = round((draft.active[slot] ?? 0) * kept)
      draft.days[slot] = round((draft.days[slot] ?? 0) * kept)
    }
    draft.curve = curveOf(counts(draft), draft.curve.timeZone, draft.curve.isRest)
  }
  draft.day = day
  draft.best = -Infinity
}

// Only an absence that also ends at the door is surely one; else it may have been a nap after coming home.
function takeAbsence(draft: Draft, stretch: Stretch, exit: boolean): void {
  if (exit && draft.byExit) keepLongest(draft.absences, stretch)
}

function takeSilence(draft: Draft, stretch: Stretch): void {
  const [from, length] = stretch
  const to = from + length
  const touched = isUnseen(draft.unseen, from, to)
  for (let quarter = from + 1; quarter < to; quarter++)
    if (!touched || !isUnseen(draft.unseen, quarter, quarter + 1)) count(draft, quarter, 0)
  if (touched) return
  keepLongest(draft.longest, stretch)
  keepMostSurprising(draft, stretch)
}

function count(draft: Draft, quarter: number, active: 0 | 1): void {
  const slot = slotAt(draft.curve, quarter * QUARTER)
  draft.days[slot] = (draft.days[slot] ?? 0) + 1
  draft.active[slot] = (draft.active[slot] ?? 0) + active
}

function keepMostSurprising(draft: Draft, stretch: Stretch): void {
  const nats = surpriseOf(draft.curve, stretch)
  if (nats <= draft.best) return
  if (draft.best > -Infinity) draft.silences.pop()
  draft.best = nats
  draft.silences.push(stretch)
  forget(draft.silences, stretch)
}

function keepLongest(list: Stretch[], stretch: Stretch): void {
  while ((list.at(-1)?.[1] ?? Infinity) <= stretch[1]) list.pop()
  if (list.length < KEPT) list.push(stretch)
  forget(list, stretch)
}

function forget(list: Stretch[], newest: Stretch): void {
  while ((list[0]?.[0] ?? Infinity) < newest[0] - WINDOW) list.shift()
}

// Somewhere in its first quarter hour it began, and somewhere in the one after it ended: take the middles.
function surpriseOf(curve: Curve, [from, length]: Stretch): number {
  const since = (from + 0.5) * QUARTER
  return surprise(curve, [], since, since + length * QUARTER)
}

function isUnseen(unseen: readonly Span[], from: number, to: number): boolean {
  return unseen.some(
    ({ since, until }) => since < to * QUARTER && (until ?? Infinity) > from * QUARTER,
  )
}
