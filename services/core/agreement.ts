import type { Agreement } from '../../schemas/agreement.ts'
import type { Millis } from '../../schemas/time.ts'
import type { ActiveQuarter } from './rhythm.ts'
import { DAY, HOUR, QUARTER, type Span, fromLocal, localQuarter } from './time.ts'

/** A sensor by the bit of its slot, and what is known of how it agrees with the others; null: nothing yet. */
export type Agreeing = { readonly slot: number; readonly agreement: Agreement | null }

/** What a home did, from two hours before the first day that is not counted yet. */
export type Together = {
  readonly activity: readonly ActiveQuarter[]
  readonly unseen: readonly Span[]
  readonly timeZone: string
}

/** So many days back a sensor is counted that has not been counted before. */
export const DAYS_BACK = 14
/** Whoever is at home is seen by another sensor within so long, by day. */
export const WITHIN = 2 * HOUR
// By night one sensor may well speak alone: the one at the bed.
const FROM = (7 * HOUR) / QUARTER
const TO = (22 * HOUR) / QUARTER
const HALF_LIFE = 21

/** Counts the days that have ended before local day `today`. Counting a day twice changes nothing. */
export function learnAgreement<Sensor extends Agreeing>(
  sensors: readonly Sensor[],
  lived: Together,
  today: number,
): (Sensor & { readonly agreement: Agreement })[] {
  const masks = new Map(lived.activity.map((each) => [each.quarter / QUARTER, each.sensors]))
  const days = new Map<number, Day>()
  const dayOf = (day: number): Day => {
    const known = days.get(day) ?? openDay(day, masks, lived)
    days.set(day, known)
    return known
  }
  return sensors.map((sensor) => {
    let agreement = sensor.agreement ?? { ...NOTHING, day: today - DAYS_BACK }
    for (; agreement.day < today; agreement = { ...agreement, day: agreement.day + 1 })
      agreement = countDay(agreement, 1 << sensor.slot, dayOf(agreement.day))
    return { ...sensor, agreement }
  })
}

/** No sensor is believed less than this: it may still be the only one that sees them. */
export const LEAST_TRUST = 0.2
// What is held against a sensor must first outweigh a day of it.
const DOUBT = DAY / QUARTER
// In made-up homes the busiest sensor of one person, who lies in bed beneath it, speaks in 0.55 of all quarter hours.
const BUSY = 0.6
const NEVER_STILL = 0.9
// A door speaks so seldom that one use of it after a still morning would tell against it.
const OFTEN = 0.2

/**
 * The reliability r of a sensor, from 0.2 to 1. It falls as the sensor speaks, by day, while no other has for two hours as
 * often as it does while they do: nobody was there. And it falls as it is hardly ever still, by day and night: nobody lives
 * in one room in nine of ten quarter hours. Each fault that staff found with it halves it.
 */
export function trustOf(agreement: Agreement | null, faults = 0): number {
  const known = agreement ?? NOTHING
  const usual = Math.max(OFTEN, known.nearSpoke / Math.max(1, known.near))
  const alone = known.farSpoke / (known.far + DOUBT)
  const agrees = 1 - Math.min(1, alone / usual)
  const share = known.spoke / (known.all + DOUBT)
  const rests = Math.min(1, (NEVER_STILL - share) / (NEVER_STILL - BUSY))
  return round(Math.max(LEAST_TRUST, agrees * Math.max(0, rests) * 2 ** -faults))
}

const NOTHING: Agreement = {
  day: 0,
  near: 0,
  nearSpoke: 0,
  far: 0,
  farSpoke: 0,
  all: 0,
  spoke: 0,
}

/** A local day, once for all sensors: who spoke in it at all, and in each quarter hour that was seen. */
type Day = { readonly any: number; readonly quarters: readonly SeenQuarter[] }

/** `near`: who spoke within two hours, null by night. */
type SeenQuarter = { readonly spoke: number; readonly near: number | null }

function openDay(
  day: number,
  masks: ReadonlyMap<number, number>,
  { unseen, timeZone }: Together,
): Day {
  const from = fromLocal(day * DAY, timeZone)
  const to = fromLocal((day + 1) * DAY, timeZone)
  const quarters: SeenQuarter[] = []
  for (let at = from; at < to; at += QUARTER) {
    if (isUnseen(unseen, at)) continue
    const slot = localQuarter(at, timeZone)
    const isDay = slot >= FROM && slot < TO
    const near = isDay ? within(masks, at - WITHIN, at + WITHIN) : null
    quarters.push({ spoke: masks.get(at / QUARTER) ?? 0, near })
  }
  return { any: within(masks, from, to - 1), quarters }
}

function countDay(agreement: Agreement, bit: number, { any, quarters }: Day): Agreement {
  const counts = fade(agreement)
  // On a day on which no other spoke they may all be dead, and nobody knows whom to believe.
  if ((any & ~bit) === 0) return counts
  for (const { spoke, near } of quarters) count(counts, (spoke & bit) === 0 ? 0 : 1, near, bit)
  return rounded(counts)
}

type Counts = { -readonly [Name in keyof Agreement]: number }

function count(counts: Counts, spoke: 0 | 1, near: number | null, bit: number): void {
  counts.all++
  counts.spoke += spoke
  if (near === null) return
  const isNear = (near & ~bit) !== 0
  counts[isNear ? 'near' : 'far']++
  counts[isNear ? 'nearSpoke' : 'farSpoke'] += spoke
}

function within(masks: ReadonlyMap<number, number>, from: Millis, to: Millis): number {
  let all = 0
  for (let number = Math.floor(from / QUARTER); number * QUARTER <= to; number++)
    all |= masks.get(number) ?? 0
  return all
}

function fade(agreement: Agreement): Counts {
  const kept = 2 ** (-1 / HALF_LIFE)
  const { day, near, nearSpoke, far, farSpoke, all, spoke } = agreement
  const left = { near: near * kept, nearSpoke: nearSpoke * kept, far: far * kept }
  return { day, ...left, farSpoke: farSpoke * kept, all: all * kept, spoke: spoke * kept }
}

function rounded({ day, near, nearSpoke, far, farSpoke, all, spoke }: Counts): Agreement {
  const ofOthers = { near: round(near), nearSpoke: round(nearSpoke), far: round(far) }
  return { day, ...ofOthers, farSpoke: round(farSpoke), all: round(all), spoke: round(spoke) }
}

function isUnseen(unseen: readonly Span[], at: Millis): boolean {
  return unseen.some(({ since, until }) => since < at + QUARTER && (until ?? Infinity) > at)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
