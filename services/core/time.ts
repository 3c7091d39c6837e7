import type { Millis } from '../../schemas/time.ts'

export const MINUTE = 60_000
export const QUARTER = 15 * MINUTE
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/**
 * Time as a value: the wall's, or one that runs `speed` times as fast from a given instant. Whoever
 * decides is told an instant; only services and the simulator hold a clock.
 */
export type Clock = {
  now(): Millis
  /** Simulated milliseconds that pass in a real one. */
  readonly speed: number
  /** Resolves when the clock has reached `at`, at once if it has; rejects when `signal` aborts. */
  after(at: Millis, signal?: AbortSignal): Promise<void>
}

/** A stretch of time; `until` null means that it has not ended yet. */
export type Span = { readonly since: Millis; readonly until: Millis | null }

/** Those of some spans that are not over by `at`. */
export function spansBeyond<Kind extends Span>(spans: readonly Kind[], at: Millis): Kind[] {
  return spans.filter(({ until }) => (until ?? Infinity) > at)
}

/** A stretch in which a zone keeps one offset: local time is `at + offset` while `from <= at < until`. */
export type OffsetSpan = { readonly from: Millis; readonly until: Millis; readonly offset: number }

/** The local date of an instant, as the number of days since 1970-01-01. */
export function localDay(at: Millis, timeZone: string): number {
  return Math.floor((at + offsetSpan(at, timeZone).offset) / DAY)
}

/** The quarter hour of the local day, 0 to 95. */
export function localQuarter(at: Millis, timeZone: string): number {
  const local = at + offsetSpan(at, timeZone).offset
  return Math.floor((local - Math.floor(local / DAY) * DAY) / QUARTER)
}

/** The first instant of the local day that holds `at`: midnight, or 01:00 where the clocks skip midnight. */
export function dayStart(at: Millis, timeZone: string): Millis {
  const midnight = localDay(at, timeZone) * DAY
  let span = offsetSpan(at, timeZone)
  while (midnight - span.offset <= span.from) {
    const before = offsetSpan(span.from - 1, timeZone)
    if (midnight - before.offset >= span.from) return span.from
    span = before
  }
  return midnight - span.offset
}

/** The first instant after `at` at which the local clock shows `timeOfDay`, in milliseconds after midnight. */
export function nextLocal(at: Millis, timeOfDay: number, timeZone: string): Millis {
  const midnight = localDay(at, timeZone) * DAY
  const today = fromLocal(midnight + timeOfDay, timeZone)
  return today > at ? today : fromLocal(midnight + DAY + timeOfDay, timeZone)
}

/** What the local clock shows at an instant, as milliseconds since 1970 without any offset. */
export function localClock(at: Millis, timeZone: string): number {
  return at + offsetSpan(at, timeZone).offset
}

/**
 * The first instant at which the local clock has reached `local`, as `localClock` shows it. So a time that the clocks
 * skip is when they skip it, of one that they show twice it is the first, and a later `local` is never an earlier instant.
 */
export function firstInstant(local: number, timeZone: string): Millis {
  // No zone is further from UTC than this, so it has not been reached yet.
  const early = local - 15 * HOUR
  let span = offsetSpan(early, timeZone)
  while (local - span.offset >= span.until) span = offsetSpan(span.until, timeZone)
  return Math.max(local - span.offset, span.from)
}

/** Whether a local day, as `localDay` counts, is a Saturday or a Sunday. */
export function isWeekend(day: number): boolean {
  // Day 0 was a Thursday, so day 2 was a Saturday.
  return (((day - 2) % 7) + 7) % 7 < 2
}

/**
 * The stretch around `at` in which the zone keeps one offset. It is looked up, not computed: making an
 * `Intl.DateTimeFormat` takes 25 times as long as using one, and using one 50 times as long as this.
 */
export function offsetSpan(at: Millis, timeZone: string): OffsetSpan {
  const zone = zones.get(timeZone) ?? openZone(timeZone)
  if (at < zone.last.from || at >= zone.last.until) zone.last = findSpan(zone, at)
  return zone.last
}

// No zone changes twice within so short a time: the closest pairs, around Ramadan, are four weeks apart.
const BLOCK = 8 * DAY

type Zone = {
  readonly format: Intl.DateTimeFormat
  readonly blocks: Map<number, readonly OffsetSpan[]>
  last: OffsetSpan
}

const zones = new Map<string, Zone>()

function openZone(timeZone: string): Zone {
  const zone: Zone = {
    format: new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }),
    blocks: new Map(),
    last: { from: 0, until: 0, offset: 0 },
  }
  zones.set(timeZone, zone)
  return zone
}

function findSpan(zone: Zone, at: Millis): OffsetSpan {
  const block = Math.floor(at / BLOCK)
  const spans = zone.blocks.get(block) ?? cutBlock(zone, block)
  const found = spans.find((span) => at < span.until)
  if (!found) throw new Error(`no offset for ${at}: the spans of block ${block} do not reach it`)
  return found
}

function cutBlock(zone: Zone, block: number): readonly OffsetSpan[] {
  const from = block * BLOCK
  const until = from + BLOCK
  const first = readOffset(zone, from)
  const last = readOffset(zone, until - 1)
  const change = first === last ? until : findChange(zone, from, until, first)
  const spans = [{ from, until: change, offset: first }]
  if (change < until) spans.push({ from: change, until, offset: last })
  zone.blocks.set(block, spans)
  return spans
}

// Changes fall on whole minutes; St. John's changed at 00:01 until 2011.
function findChange(zone: Zone, from: Millis, until: Millis, offset: number): Millis {
  let low = from / MINUTE
  let high = until / MINUTE
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (readOffset(zone, middle * MINUTE) === offset) low = middle
    else high = middle
  }
  return high * MINUTE
}

// "GMT+10:30", or "GMT" alone for none.
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/

function readOffset(zone: Zone, at: Millis): number {
  const text = zone.format.format(at)
  const match = OFFSET.exec(text)
  if (!match) throw new Error(`cannot read the offset in "${text}"`)
  const [, sign, hours = 0, minutes = 0, seconds = 0] = match
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1000
  return sign === '-' ? -size : size
}

/** The instant at which a zone's clock shows `local`: what that clock would be in UTC. */
export function fromLocal(local: number, timeZone: string): Millis {
  const guess = local - offsetSpan(local, timeZone).offset
  return local - offsetSpan(guess, timeZone).offset
}
