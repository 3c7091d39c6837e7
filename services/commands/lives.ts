import type { Role } from '../../schemas/household.ts'
import type { Kind, Reading } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { homeOf } from '../../simulator/homes.ts'
import { type Home, livelyDay, whereabouts } from '../../simulator/life.ts'
import { startOfDay } from '../../simulator/local-time.ts'
import type { Recording } from '../../simulator/recording.ts'
import { type Load, fallOf, followLoad, isSwitchedOff, ranUntil, runsSince } from '../core/draw.ts'
import { type Life, type Sign, lifeOf, signsOf } from '../core/evaluation/life.ts'
import { LIVELY_KINDS, evidence, exitSeenBy, roleBeside } from '../core/evidence.ts'
import { isRestDay } from '../core/holidays.ts'
import { type Hold, follow, freed, stuckSince } from '../core/meter.ts'
import { type Measured, type Recurring, learn, riseOf } from '../core/power.ts'
import { mergeSpans } from '../core/silence.ts'
import { HOUR, type Span, isWeekend } from '../core/time.ts'

/** The life that a recorded home lived, as ingest would have understood it. */
export async function recordedLife(recording: Recording): Promise<Life> {
  const { household, devices, readings, from, to, count } = recording
  const exitBy = exitSeenBy(devices)
  const watch = openWatch(
    devices.map((each) => ({
      uid: each.device,
      role: roleBeside(each, exitBy),
      lively: LIVELY_KINDS.includes(each.kind),
    })),
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
      unseen: watch.unseen(from),
      out: [],
      byMotion: exitBy === 'motion',
      readings: count,
      ...(devices.some(isMeter) && { ran: watch.ran() }),
    },
    watch.signs,
  )
}

/** Of no other place the holidays are known. */
function restIn(timeZone: string): (day: number) => boolean {
  return timeZone === 'Asia/Seoul' ? isRestDay : isWeekend
}

/** `lively`: somebody can give a sign of life by it. */
type Known = { readonly uid: string; readonly role: Role; readonly lively: boolean }

type Metered = Omit<Known, 'uid'> & {
  readonly slot: number
  previous: { at: Millis; value: number } | null
  hold: Hold | null
  load: Load | null
  machines: readonly Recurring[]
  heard: boolean
  /** When it was stuck, as far as it has said something else since. */
  readonly stuck: Span[]
  /** When something ran at it, as far as that is over. */
  readonly ran: Span[]
}

function openWatch(devices: readonly Known[]) {
  const known = new Map<string, Metered>(
    devices.map(({ uid, role, lively }, i) => {
      const fresh = { previous: null, hold: null, load: null, machines: [], heard: false }
      return [uid, { role, lively, slot: Math.min(i, 30), ...fresh, stuck: [], ran: [] }]
    }),
  )
  const signs: Sign[] = []
  return {
    signs,
    /** Time in which something ran at a meter. */
    ran: () => mergeSpans([...known.values()].flatMap(ranAt)),
    /** Time in which all that could tell of somebody was stuck: the home was out of sight. */
    unseen: (since: Millis): readonly Span[] =>
      watchers([...known.values()])
        .map(stuckTimes)
        .reduce(shared, [{ since, until: null }]),
    /** Has a meter say once an hour what it said last, until an instant: of made-up ones only what changes is told. */
    restate(uid: string, until: Millis): void {
      const device = known.get(uid)
      if (device?.previous) sayAgain(device, device.previous, until)
    },
    see(reading: Reading): void {
      const device = known.get(reading.uid)
      if (!device) return
      device.heard = true
      const isOff = reading.kind === 'power' && measure(device, reading)
      const found = evidence(device, reading, device.previous, device.machines, isOff)
      if (reading.kind === 'power') device.previous = { at: reading.at, value: reading.value }
      if (found.active) signs.push({ at: reading.at, exit: found.exit, sensor: device.slot })
    },
  }
}

function sayAgain(device: Metered, { at, value }: Measured, until: Millis): void {
  for (let again = at + HOUR; again < until; again += HOUR) {
    device.load = followLoad(device.load, { at: again, value }, device.role, 0)
    device.previous = { at: again, value }
  }
}

// As ingest does.
function measure(device: Metered, reading: Reading): boolean {
  const before = device.hold
  device.hold = follow(before, reading, device.role)
  const span = freed(before, device.hold, device.role)
  if (span) {
    device.previous = null
    device.stuck.push(span)
  }
  const rise = riseOf(reading, device.previous)
  device.machines = learn(device.machines, device.role, rise, reading.at)
  const drawn = device.load
  device.load = followLoad(drawn, reading, device.role, rise)
  const ran = ranUntil(drawn, device.load, device.role, device.machines)
  if (ran) device.ran.push(ran)
  return isSwitchedOff(ran, drawn, fallOf(reading, device.previous), device.role)
}

function ranAt({ ran, load, role, machines }: Metered): readonly Span[] {
  const since = load && runsSince(load, role, machines)
  return since === null ? ran : [...ran, { since, until: null }]
}

// As the store has it in `watched`, but for plugs beside a meter of the whole home: a service goes on watching by those that are
// not stuck. In a recording nothing that they say shows that its holes were not filled: REFIT has 0 W of all meters there.
function watchers(devices: readonly Metered[]): readonly Metered[] {
  const all = devices.filter(({ lively, heard, role }) => lively && heard && role !== 'sos')
  const beside = all.filter(({ role }) => role !== 'plug')
  return beside.length > 0 ? beside : all
}

function stuckTimes({ stuck, hold, role }: Metered): readonly Span[] {
  const since = hold && stuckSince(hold, role)
  return since === null ? stuck : [...stuck, { since, until: null }]
}

function shared(these: readonly Span[], those: readonly Span[]): readonly Span[] {
  return these.flatMap((one) => those.flatMap((other) => meet(one, other)))
}

function meet(a: Span, b: Span): readonly Span[] {
  const since = Math.max(a.since, b.since)
  const until = Math.min(a.until ?? Infinity, b.until ?? Infinity)
  return since < until ? [{ since, until: until === Infinity ? null : until }] : []
}

// Monday, 2 March 2026 in Seoul.
const FIRST_DAY = Date.UTC(2026, 2, 1, 15)
const ZONE = 'Asia/Seoul'

/** The life of a made-up home: the same for the same seed. What nobody does there goes on after a death. */
export function simulatedLife(seed: number, days: number): Life {
  const made = { seed, number: 1, timeZone: ZONE }
  const home = homeOf(made)
  const { signs, readings, ran } = watched(home, days)
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
    {
      ...about,
      from: FIRST_DAY,
      to,
      unseen: [],
      out: outingsOf(home, days),
      after,
      readings,
      ...(home.sensors.some(({ device }) => isMeter(device)) && { ran }),
    },
    signs,
  )
}

function isMeter({ kind }: { readonly kind: Kind }): boolean {
  return kind === 'power'
}

type Watched = {
  readonly signs: readonly Sign[]
  readonly ran: readonly Span[]
  readonly readings: number
}

function watched(home: Home, days: number): Watched {
  const watch = openWatch(
    home.sensors.map(({ device }) => ({ uid: device.uid, role: device.role, lively: true })),
  )
  let readings = 0
  for (let day = 0; day < days; day++)
    for (const reading of livelyDay(home, startOfDay(FIRST_DAY, ZONE, day))) {
      readings++
      watch.restate(reading.uid, reading.at)
      watch.see(reading)
    }
  return { signs: watch.signs, ran: watch.ran(), readings }
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
