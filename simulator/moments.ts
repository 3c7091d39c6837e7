import { z } from 'zod'
import type { Millis } from '../schemas/time.ts'
import { DAY, HOUR, MINUTE } from '../services/core/time.ts'
import { instantsOf } from './local-time.ts'
import { type Random, between } from './random.ts'

/** When something happens: on a day of the scenario, counted from 1, at a local time of day in milliseconds. */
type Point = { readonly day: number; readonly time: Millis }

/** A moment of a scenario; or, with two points, each home's own somewhere between them. */
export type Moment = readonly [first: Point, last: Point]

const POINT = /^day (\d{1,4}) ([01]\d|2[0-3]):([0-5]\d)$/

/** `day 29 14:40`, or `day 29 08:00 ~ day 31 20:00` for a moment of its own for each home. */
export const Moment = z.string().transform((text, context): Moment => {
  const points = text.split('~').map((part) => pointOf(part.trim()))
  const [first, last = first] = points
  if (first && last && points.length <= 2 && order(first) <= order(last)) return [first, last]
  context.addIssue(`"${text}" is no moment: write "day 29 14:40" or "day 29 08:00 ~ day 31 20:00"`)
  return z.NEVER
})

function pointOf(text: string): Point | null {
  const [, day, hours, minutes] = POINT.exec(text) ?? []
  if (day === undefined || Number(day) < 1) return null
  return { day: Number(day), time: Number(hours) * HOUR + Number(minutes) * MINUTE }
}

const order = ({ day, time }: Point): number => day * DAY + time

const SPAN = /^(\d{1,4}(?:\.\d)?) ?(m|h|d)$/
const UNITS = { m: MINUTE, h: HOUR, d: DAY } as const

/** `90m`, `6h` or `3d`. */
export const Duration = z.string().transform((text, context): Millis => {
  const [, amount, unit] = SPAN.exec(text) ?? []
  if (unit === 'm' || unit === 'h' || unit === 'd') return Number(amount) * UNITS[unit]
  context.addIssue(`"${text}" is no duration: write "90m", "6h" or "3d"`)
  return z.NEVER
})

/** Where the days of a scenario lie: its first, as `localDay` of core counts them. */
export type Calendar = { readonly firstDay: number; readonly timeZone: string }

/** The instant of a moment, for one home. */
export function instantOf([first, last]: Moment, calendar: Calendar, random: Random): Millis {
  const [from, to] = [first, last].map((point) => instantOfPoint(point, calendar))
  return Math.round(between(random, from ?? 0, to ?? 0))
}

// Counted on the local clock: 14:40 is 14:40 on a day of 23 hours too.
function instantOfPoint({ day, time }: Point, { firstDay, timeZone }: Calendar): Millis {
  return instantsOf((firstDay + day - 1) * DAY + time, timeZone)[0]
}
