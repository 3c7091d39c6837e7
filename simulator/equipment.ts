import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { MINUTE } from '../services/core/time.ts'
import type { During, EquipmentFate, Fate } from './fate.ts'
import { type Random, gap } from './random.ts'

/** When a reading of this instant reaches us: later where the line is down, null where it never does. */
export function heardAt(fates: readonly Fate[], at: Millis): Millis | null {
  if (fates.some((fate) => fate.type === 'gateway-lost' && isLost(fate, at))) return null
  const line = fates.find((fate) => fate.type === 'line-lost' && within(fate, at))
  return line?.type === 'line-lost' ? line.to : at
}

function isLost({ at: from, to = Infinity }: FateOf<'gateway-lost'>, at: Millis): boolean {
  return within({ from, to }, at)
}

const within = ({ from, to }: During, at: Millis): boolean => at >= from && at < to

type FateOf<T> = Extract<EquipmentFate, { type: T }>

/** What is heard of a day's readings. */
export function heard(readings: readonly Reading[], fate: EquipmentFate): readonly Reading[] {
  const spoken = readings.filter((each) => !isMute(fate, each))
  if (fate.type === 'battery-dies') return sinking(spoken, fate)
  if (fate.type === 'freezes') return frozen(spoken, fate)
  if (fate.type === 'clock-off')
    return changed(spoken, fate, (each) => ({ ...each, at: each.at + fate.by }))
  if (fate.type !== 'line-lost') return spoken
  return changed(spoken, fate, (each) =>
    each.nature === 'event' ? { ...each, nature: 'historical' } : each,
  )
}

function isMute(fate: EquipmentFate, reading: Reading): boolean {
  if (fate.type === 'gateway-lost') return isLost(fate, reading.at)
  if (fate.type === 'battery-dies') return reading.uid === fate.uid && reading.at >= fate.at
  if (fate.type === 'missed') return isOf(fate, reading) && reading.kind === 'open'
  if (fate.type === 'left-open') return standsOpen(fate, reading)
  return fate.type === 'unplugged' && isOf(fate, reading)
}

// A door that is left open says so when that begins, and when it ends, and nothing else.
function standsOpen(fate: FateOf<'left-open'>, reading: Reading): boolean {
  const begins = reading.value === 1 && reading.at === fate.from
  return isOf(fate, reading) && reading.kind === 'open' && !begins
}

function changed(
  readings: readonly Reading[],
  during: During,
  change: (reading: Reading) => Reading,
): readonly Reading[] {
  return readings.map((each) => (within(during, each.at) ? change(each) : each))
}

const isOf = (fate: During & { readonly uid: string }, { uid, at }: Reading): boolean =>
  uid === fate.uid && within(fate, at)

function sinking(
  readings: readonly Reading[],
  { uid, from, at: end }: FateOf<'battery-dies'>,
): readonly Reading[] {
  const left = (at: Millis) =>
    Math.round(4 + 40 * Math.min(1, Math.max(0, (end - at) / (end - from))))
  return readings.map((each) =>
    each.uid === uid && each.kind === 'battery' ? { ...each, value: left(each.at) } : each,
  )
}

function frozen(readings: readonly Reading[], fate: FateOf<'freezes'>): readonly Reading[] {
  return readings
    .filter((each) => !isOf(fate, each) || each.nature === 'snapshot')
    .map((each) => (isOf(fate, each) ? { ...each, value: fate.value } : each))
}

/** What the equipment says in a stretch of time because of what befalls it, by nobody's doing. */
export function ownWill(fate: EquipmentFate, { from, to }: During, random: Random): Reading[] {
  if (fate.type === 'battery-dies') {
    const said = { uid: fate.uid, kind: 'battery_low', value: 1, nature: 'event' } as const
    return within({ from, to }, fate.low) ? [{ ...said, at: fate.low }] : []
  }
  if (fate.type === 'calls') return within({ from, to }, fate.at) ? [{ ...PRESS, at: fate.at }] : []
  if (fate.type === 'left-open') return turns(fate).filter(({ at }) => within({ from, to }, at))
  return fate.type === 'flaps' ? flapping(fate, { from, to }, random) : []
}

const PRESS = { uid: 'sos', kind: 'button', value: 1, nature: 'event' } as const

function turns({ uid, from, to }: FateOf<'left-open'>): Reading[] {
  const said = { uid, kind: 'open', nature: 'event' } as const
  return [
    { ...said, value: 1, at: from },
    { ...said, value: 0, at: to },
  ]
}

function flapping(fate: FateOf<'flaps'>, { from, to }: During, random: Random): Reading[] {
  const readings: Reading[] = []
  const until = Math.min(fate.to, to - MINUTE)
  let at = Math.max(fate.from, from) + Math.round(gap(random, fate.every))
  for (; at < until; at += MINUTE + Math.round(gap(random, fate.every))) {
    const said = { uid: fate.uid, kind: 'motion', nature: 'event' } as const
    readings.push({ ...said, value: 1, at }, { ...said, value: 0, at: at + MINUTE })
  }
  return readings
}
