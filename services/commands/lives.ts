import type { Role } from '../../schemas/household.ts'
import type { Reading } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { homeOf } from '../../simulator/homes.ts'
import { type Home, livelyDay, whereabouts } from '../../simulator/life.ts'
import { startOfDay } from '../../simulator/local-time.ts'
import type { Recording } from '../../simulator/recording.ts'
import { type Life, type Sign, lifeOf, signsOf } from '../core/evaluation/life.ts'
import { evidence, exitSeenBy, roleBeside } from '../core/evidence.ts'
import { isRestDay } from '../core/holidays.ts'
import { type Hold, follow, freed, stuckSince } from '../core/meter.ts'
import { type Recurring, learn, riseOf } from '../core/power.ts'
import { mergeSpans } from '../core/silence.ts'
import { type Span, isWeekend } from '../core/time.ts'

/** The life that a recorded home lived, as ingest would have understood it. */
export async function recordedLife(recording: Recording): Promise<Life> {
  const { household, devices, readings, from, to, count } = recording
  const exitBy = exitSeenBy(devices)
  const watch = openWatch(
    devices.map((each) => ({ uid: each.device, role: roleBeside(each, exitBy) })),
  )
  for await (const reading of readings) watch.see(reading)
  const { household: name, timeZone, tier } = household
  return lifeOf(
    {
      household: name,
      timeZone,
      tier,
      isRest: restIn(timeZone),
      from,
      to,
      unseen: mergeSpans(watch.stuck()),
      out: [],
      byMotion: exitBy === 'motion',
      readings: count,
    },
    watch.signs,
  )
}

/** Of no other place the holidays are known. */
function restIn(timeZone: string): (day: number) => boolean {
  return timeZone === 'Asia/Seoul' ? isRestDay : isWeekend
}

type Known = { readonly uid: string; readonly role: Role }

type Metered = {
  readonly role: Role
  readonly slot: number
  previous: { at: Millis; value: number } | null
  hold: Hold | null
  machines: readonly Recurring[]
}

function openWatch(devices: readonly Known[]) {
  const known = new Map<string, Metered>(
    devices.map(({ uid, role }, i) => [
      uid,
      { role, slot: Math.min(i, 30), previous: null, hold: null, machines: [] },
    ]),
  )
  const signs: Sign[] = []
  const stuck: Span[] = []
  return {
    signs,
    /** Time in which the home's meter was stuck. */
    stuck: () => [...stuck, ...[...known.values()].flatMap(stillStuck)],
    see(reading: Reading): void {
      const device = known.get(reading.uid)
      if (!device) return
      if (reading.kind === 'power') stuck.push(...measure(device, reading))
      const found = evidence(device, reading, device.previous, device.machines)
      if (reading.kind === 'power') device.previous = { at: reading.at, value: reading.value }
      if (found.active) signs.push({ at: reading.at, exit: found.exit, sensor: device.slot })
    },
  }
}

// As ingest does; tells of the time in which the home's meter was stuck, once it has said something else. One plug that is
// stuck hides no home.
function measure(device: Metered, reading: Reading): Span[] {
  const before = device.hold
  device.hold = follow(before, reading, device.role)
  const span = freed(before, device.hold, device.role)
  if (span) device.previous = null
  const rise = riseOf(reading, device.previous)
  device.machines = learn(device.machines, device.role, rise, reading.at)
  return span && device.role === 'mains' ? [span] : []
}

function stillStuck({ hold, role }: Metered): Span[] {
  const since = hold && role === 'mains' ? stuckSince(hold) : null
  return since === null ? [] : [{ since, until: null }]
}

// Monday, 2 March 2026 in Seoul.
const FIRST_DAY = Date.UTC(2026, 2, 1, 15)
const ZONE = 'Asia/Seoul'

/** The life of a made-up home: the same for the same seed. What nobody does there goes on after a death. */
export function simulatedLife(seed: number, days: number): Life {
  const made = { seed, number: 1, timeZone: ZONE }
  const home = homeOf(made)
  const { signs, readings } = watched(home, days)
  const empty = homeOf({ ...made, fate: [{ type: 'dies', at: FIRST_DAY }] })
  const about = {
    household: `seed-${seed}`,
    timeZone: ZONE,
    tier: home.tier,
    kit: home.kit,
    isRest: isRestDay,
  }
  const to = startOfDay(FIRST_DAY, ZONE, days)
  const after = signsOf(watched(empty, days).signs.toSorted((a, b) => a.at - b.at))
  return lifeOf(
    { ...about, from: FIRST_DAY, to, unseen: [], out: outingsOf(home, days), after, readings },
    signs,
  )
}

function watched(home: Home, days: number): { signs: readonly Sign[]; readings: number } {
  const watch = openWatch(
    home.sensors.map(({ device }) => ({ uid: device.uid, role: device.role })),
  )
  let readings = 0
  for (let day = 0; day < days; day++)
    for (const reading of livelyDay(home, startOfDay(FIRST_DAY, ZONE, day))) {
      readings++
      watch.see(reading)
    }
  return { signs: watch.signs, readings }
}

function outingsOf(home: Home, days: number): readonly Span[] {
  const out: Span[] = []
  for (let day = 0; day < days; day++) {
    const start = startOfDay(FIRST_DAY, ZONE, day)
    for (const { from, to, room } of whereabouts(home, start))
      if (room === 'out') out.push({ since: start + from, until: start + to })
  }
  return mergeSpans(out)
}
