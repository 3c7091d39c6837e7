import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { curveOf } from './curve.ts'
import { ranIn } from './draw.ts'
import { NO_PASSINGS, type Passings, kindOfPassing, wentOut } from './entrance.ts'
import { countsOf, halvesOf, round } from './halves.ts'
import { JOURNEY, TRIP, type Unseen, forgetGone, takeGone } from './journey.ts'
import { PEAKS, heldFrom, peakOf } from './peaks.ts'
import { takeAlone } from './reliability.ts'
import { NO_TIRELESS, type Tireless, restIn, takeGoing } from './restless.ts'
import { type Curve, type Days, HALF_HOURS, mergeSpans, slotAt } from './silence.ts'
import {
  bitsOf,
  forget,
  isUnseen,
  keepLongest,
  pairsOf,
  startsOf,
  stretchesOf,
} from './stretches.ts'
import { COHORT_TAIL, fitTail } from './tail.ts'
import { DAY, HOUR, QUARTER, type Span, isWeekend, localDay } from './time.ts'
import { NO_WALKING, type Walking, endOut, fade, gaitOf, takeWalk, turnWalking } from './walking.ts'

/**
 * A quarter hour in which a home gave signs of life. `exit`: its exit door was used; `sensors`: by which sensors, a
 * bit for each slot, 0 when that is not known.
 */
export type ActiveQuarter = {
  readonly quarter: Millis
  readonly exit: boolean
  readonly sensors: number
  /** How many there were inside; not given: one of each sensor. */
  readonly signs?: number
}

/** What happened in a home since its rhythm was learnt last, in order of time. */
export type Past = {
  readonly activity: readonly ActiveQuarter[]
  readonly unseen: readonly Span[]
  readonly timeZone: string
  /** Whether the exit is seen by a motion sensor, for it has no contact. */
  readonly byMotion?: boolean
  readonly isRest?: (day: number) => boolean
  /** In which something ran at a meter, in order and apart; without it, no meter tells. */
  readonly ran?: readonly Span[]
}

/** What is known of a home on its first day: nothing of its own. */
export const EMPTY_RHYTHM: Rhythm = {
  until: null,
  byExit: false,
  day: 0,
  weekday: { active: Array<number>(48).fill(0), days: Array<number>(48).fill(0) },
  rest: { active: Array<number>(48).fill(0), days: Array<number>(48).fill(0) },
  silences: [],
  // The first hour of a silence is nobody's news.
  least: HOUR / QUARTER + 1,
  ran: null,
  peaks: [],
  absences: [],
  gone: { days: 0, journeys: 0, trips: 0, running: { journeys: 0, trips: 0 } },
  passings: NO_PASSINGS,
  door: null,
  alone: null,
  lone: [],
  tireless: NO_TIRELESS,
  company: null,
  walking: NO_WALKING,
  tail: COHORT_TAIL,
}

const HALF_LIFE = 21
const SILENCES = 200
const ABSENCES = 12
// A day without any sign has been asked about, whatever the model says: it was an absence, or a matter of its own.
const LONG = DAY / QUARTER

/**
 * Takes into the rhythm what happened before `until`, up to the last sign of life: a silence that still lasts
 * teaches nothing, or a death would teach that silence is normal. Quarters out of sight, or spent out after a
 * use of the exit door, count neither as silence nor as calm. Learning twice the same changes nothing.
 */
export function learn(rhythm: Rhythm, past: Past, until: Millis): Rhythm {
  const known = (rhythm.until ?? -1) * QUARTER
  const news = past.activity.filter(({ quarter }) => quarter > known && quarter < until)
  if (news.length === 0) return rhythm
  const draft = openDraft(rhythm, past, heldFrom(news, past.timeZone))
  for (const each of news) take(draft, each)
  return close(draft)
}

/** How the days of a home go, ready to be asked; `isRest`: without it, weekends are. */
export function rhythmCurve(
  rhythm: Rhythm,
  timeZone: string,
  isRest: (day: number) => boolean = isWeekend,
): Curve {
  if (last?.rhythm === rhythm && last.timeZone === timeZone && last.isRest === isRest)
    return last.curve
  const known = { ...rhythm, silences: silencesOf(rhythm), running: runningOf(rhythm) }
  const curve = curveOf(known, timeZone, isRest)
  last = { rhythm, timeZone, isRest, curve }
  return curve
}

// Of the rhythm that was asked for last: home by home one is asked many times, and then the next. In a weak map each outlived
// what is thrown away, and to move them about took a twentieth of the time.
let last: (Days & { readonly rhythm: Rhythm; readonly curve: Curve }) | null = null

// Where those of its silences begin that something ran through.
function runningOf(rhythm: Rhythm): Set<number> | null {
  return rhythm.ran && startsOf(silencesOf(rhythm), rhythm.ran)
}

/** The silences that a rhythm keeps, the oldest first. */
export function silencesOf({ silences }: Pick<Rhythm, 'silences'>): readonly Stretch[] {
  return stretchesOf(silences)
}

type Draft = {
  until: number | null
  byExit: boolean
  day: number
  readonly active: number[]
  readonly days: number[]
  silences: Stretch[]
  least: number
  readonly peaks: number[]
  /** The local day from which on they are held in the end. */
  readonly peaksFrom: number
  readonly absences: Stretch[]
  readonly gone: Unseen
  readonly running: Set<number> | null
  readonly ran: readonly Span[]
  readonly passings: { -readonly [Kind in keyof Passings]: number }
  readonly byMotion: boolean
  door: number | null
  alone: Rhythm['alone']
  lone: Rhythm['lone']
  tireless: Tireless
  company: number | null
  walking: Walking
  readonly where: Days
  /** As it was known when `day` began, by which that day was judged. */
  curve: () => Curve
  /** The last quarter hour that was known before. */
  readonly known: number | null
  readonly unseen: readonly Span[]
}

function openDraft(rhythm: Rhythm, past: Past, peaksFrom: number): Draft {
  const { timeZone, unseen, ran, isRest = isWeekend, byMotion = false } = past
  return {
    until: rhythm.until,
    byExit: rhythm.byExit,
    day: rhythm.day,
    active: halvesOf(rhythm.weekday.active, rhythm.rest.active),
    days: halvesOf(rhythm.weekday.days, rhythm.rest.days),
    silences: [...silencesOf(rhythm)],
    least: rhythm.least,
    peaks: [...rhythm.peaks],
    peaksFrom,
    absences: [...rhythm.absences],
    gone: { ...rhythm.gone, running: { ...rhythm.gone.running } },
    running: ran ? (runningOf(rhythm) ?? new Set()) : null,
    ran: ran ?? [],
    passings: { ...rhythm.passings },
    byMotion,
    door: rhythm.door,
    alone: rhythm.alone,
    lone: rhythm.lone,
    tireless: rhythm.tireless,
    company: rhythm.company,
    walking: rhythm.walking,
    where: { timeZone, isRest },
    curve: () => rhythmCurve(rhythm, timeZone, isRest),
    known: rhythm.until,
    unseen: mergeSpans(unseen),
  }
}

function close(draft: Draft): Rhythm {
  const { until, byExit, day, least, peaks, absences, gone, passings } = draft
  const { door, alone, lone, company } = draft
  const walking = { ...draft.walking, ...gaitOf(draft.walking, peaks.length) }
  const tireless = { ...draft.tireless, rest: restIn(walking) }
  const silences = pairsOf(draft.silences)
  const tail = fitTail(peaks, draft.silences.length / Math.max(1, peaks.length))
  const ran = draft.running && bitsOf(draft.silences, draft.running)
  const known = { until, byExit, day, ...countsOf(draft), silences, least, ran, peaks }
  return { ...known, absences, gone, passings, door, alone, lone, tireless, company, walking, tail }
}

// The next quarter hour with a sign of life: what lies between it and the last one is now over.
function take(draft: Draft, { quarter, exit, sensors, signs }: ActiveQuarter): void {
  const number = quarter / QUARTER
  const isHidden = isUnseen(draft.unseen, number, number + 1)
  turnDay(draft, localDay(number * QUARTER, draft.where.timeZone), isHidden)
  Object.assign(draft, takeAlone(draft, { number, sensors, before: draft.until }))
  draft.tireless = takeGoing(draft.tireless, { number, sensors }, draft.unseen)
  const isGone = wasGone(draft, number, exit)
  Object.assign(draft, takeWalk(draft, { number, sensors, signs, isGone }))
  if (draft.until !== null) {
    const stretch: Stretch = [draft.until, number - draft.until]
    const isOut = wentOut(draft)
    if (!isOut) countGone(draft, stretch)
    takePassing(draft, stretch, exit)
    if (isOut || stretch[1] >= LONG) takeAbsence(draft, stretch, exit)
    else takeSilence(draft, stretch)
  }
  if (!isHidden) count(draft, number, 1)
  draft.until = number
  draft.byExit = exit
  if (wentOut(draft)) draft.door = number
}

// Who passes a motion sensor at the entrance walks about there.
function wasGone(draft: Draft, number: number, exit: boolean): boolean {
  const since = draft.until ?? number
  if ((exit && !draft.byMotion) || wentOut(draft)) return true
  return number - since >= JOURNEY || isUnseen(draft.unseen, since, number)
}

function turnDay(draft: Draft, day: number, isHidden: boolean): void {
  if (day <= draft.day) return
  if (draft.until !== draft.known && day >= draft.peaksFrom) {
    const made = curveOf({ ...draft, ...countsOf(draft) }, draft.where.timeZone, draft.where.isRest)
    draft.curve = () => made
  }
  if (draft.until !== null) fadeCounts(draft, 2 ** ((draft.day - day) / HALF_LIFE))
  draft.day = day
  forgetGone(draft.gone)
  draft.peaks.push(0)
  if (draft.peaks.length > PEAKS) draft.peaks.shift()
  draft.walking = turnWalking(draft.walking, draft.peaks.length, isHidden)
}

function fadeCounts(draft: Draft, kept: number): void {
  for (let half = 0; half < 2 * HALF_HOURS; half++) {
    draft.active[half] = round((draft.active[half] ?? 0) * kept)
    draft.days[half] = round((draft.days[half] ?? 0) * kept)
  }
  draft.passings.out = round(draft.passings.out * kept)
  draft.passings.inside = round(draft.passings.inside * kept)
  draft.walking = fade(draft.walking, kept)
}

function takePassing(draft: Draft, stretch: Stretch, exit: boolean): void {
  if (!draft.byExit || isUnseen(draft.unseen, stretch[0], stretch[0] + stretch[1])) return
  if (!draft.byMotion) draft.walking = endOut(draft.walking, stretch[1], exit)
  const kind = draft.byMotion ? kindOfPassing(stretch, exit, draft.where.timeZone) : null
  if (kind) draft.passings[kind]++
}

// Only an absence that also ends at the door is surely one; else it may have been a nap after coming home.
function takeAbsence(draft: Draft, stretch: Stretch, exit: boolean): void {
  if (exit && draft.byExit) keepLongest(draft.absences, stretch, ABSENCES)
}

function countGone({ gone, unseen, ran, where }: Draft, stretch: Stretch): void {
  if (stretch[1] < TRIP || isUnseen(unseen, stretch[0], stretch[0] + stretch[1])) return
  takeGone(gone, stretch, { timeZone: where.timeZone, isRunning: ranIn(ran, stretch) })
}

function takeSilence(draft: Draft, stretch: Stretch): void {
  const [from, length] = stretch
  const to = from + length
  const touched = isUnseen(draft.unseen, from, to)
  for (let quarter = from + 1; quarter < to; quarter++)
    if (!touched || !isUnseen(draft.unseen, quarter, quarter + 1)) count(draft, quarter, 0)
  if (!touched && length >= draft.least) keepSilence(draft, stretch)
}

function count(draft: Draft, quarter: number, active: 0 | 1): void {
  const half = slotAt(draft.where, quarter * QUARTER) >> 1
  draft.days[half] = (draft.days[half] ?? 0) + 1
  draft.active[half] = (draft.active[half] ?? 0) + active
}

function keepSilence(draft: Draft, stretch: Stretch): void {
  const isRunning = ranIn(draft.ran, stretch)
  const today = draft.peaks.length - 1
  if (draft.day >= draft.peaksFrom)
    draft.peaks[today] = Math.max(
      draft.peaks[today] ?? 0,
      peakOf(draft.curve(), stretch, isRunning),
    )
  draft.silences.push(stretch)
  if (isRunning) draft.running?.add(stretch[0])
  forget(draft.silences, stretch)
  // The short ones are the many, and they say least about the long ones.
  while (draft.silences.length > SILENCES) {
    draft.least++
    draft.silences = draft.silences.filter(([, length]) => length >= draft.least)
  }
}
