import type { Millis } from '../schemas/time.ts'
import { MINUTE } from '../services/core/time.ts'
import type { During, ResidentFate } from './fate.ts'
import { type Stay, instead } from './routine.ts'

/** The day on which something befalls somebody. */
export type FatedDay = {
  readonly dayStart: Millis
  readonly length: Millis
  /** What they were doing when it happened, should that have been on an earlier day. */
  readonly earlier: () => Stay | undefined
}

/** What befalls the resident changes how a day is lived. */
export function befall(stays: readonly Stay[], fate: ResidentFate, day: FatedDay): readonly Stay[] {
  const out = (from: Millis, to: Millis) =>
    put(stays, day, { from, to, room: 'out', pause: Infinity, uses: null })
  switch (fate.type) {
    case 'dies':
      return put(stays, day, lying(stays, day, { from: fate.at, to: Infinity }, Infinity))
    case 'collapses':
      return collapsed(stays, fate, day)
    case 'trip':
    case 'hospital':
      return out(fate.from, fate.to)
    case 'moves-out':
      return out(fate.at, Infinity)
    case 'ill':
      return put(stays, day, { ...fate, room: 'bedroom', pause: 25 * MINUTE, uses: null })
  }
}

// `stay` counts from the epoch; what of it lies on this day.
function put(stays: readonly Stay[], { dayStart, length }: FatedDay, stay: Stay): readonly Stay[] {
  const from = Math.max(0, stay.from - dayStart)
  const to = Math.min(length, stay.to - dayStart)
  const { room, pause, uses } = stay
  return from < to ? instead(stays, { from, to, room, pause, uses }) : stays
}

// Where they are when it happens; a television that is on stays on.
function lying(
  stays: readonly Stay[],
  { dayStart, earlier }: FatedDay,
  { from, to }: During,
  pause: Millis,
): Stay {
  const there = from < dayStart ? earlier() : stays.find((stay) => dayStart + stay.to > from)
  const uses = there?.uses === 'tv' ? 'tv' : null
  return { from, to, room: there?.room ?? 'bedroom', pause, uses }
}

// Of those over 90 who fell, 30 % had lain for an hour or more (Fleming and Brayne 2008, BMJ 337:a2227). How they move
// then is assumed: a third of the time each as given, twice as seldom, four times as seldom.
function collapsed(
  stays: readonly Stay[],
  { at, still, pause }: Extract<ResidentFate, { type: 'collapses' }>,
  day: FatedDay,
): readonly Stay[] {
  if (at >= day.dayStart + day.length) return stays
  const third = (still - at) / 3
  const lies = lying(stays, day, { from: at, to: still }, pause)
  const phases = [1, 2, 4].map((slower, phase) => ({
    ...lies,
    from: at + phase * third,
    to: at + (phase + 1) * third,
    pause: pause * slower,
  }))
  const end = { ...lies, from: still, to: Infinity, pause: Infinity }
  return [...phases, end].reduce((lived, phase) => put(lived, day, phase), stays)
}
