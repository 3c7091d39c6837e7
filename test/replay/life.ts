import type { Device, Tier } from '../../schemas/household.ts'
import type { Reading } from '../../schemas/reading.ts'
import type { Subject, SubjectHome } from '../../services/commands/replay-subject.ts'
import { foresee } from '../../services/core/backtest.ts'
import { type Life, type Sign, lifeOf } from '../../services/core/evaluation/life.ts'
import { evidence } from '../../services/core/evidence.ts'
import { isRestDay } from '../../services/core/holidays.ts'
import { type Recurring, learn, riseOf } from '../../services/core/power.ts'
import { POLICIES } from '../../services/core/inactivity.ts'

/** What core alone foresees for the homes of a replay, in the words in which `found` tells what was raised. */
export async function foreseen({ homes, from, to }: Subject): Promise<string[]> {
  // Core is not told when a gateway could be heard.
  const seen = homes.filter(({ turns = [] }) => turns.length === 0)
  const all = await Promise.all(seen.map((home) => foreseenFor(home, from, to)))
  return all.flat().toSorted()
}

async function foreseenFor(home: SubjectHome, from: number, to: number): Promise<string[]> {
  const { household, timeZone, tier } = home.household
  const life = lifeOf(lifeHead(household, timeZone, tier, from, to), await signsOf(home, from, to))
  return foresee(life, POLICIES[tier]).map(
    ({ due, grade, reason }) =>
      `${new Date(due).toISOString()} ${household} inactivity ${grade} ${reason.rule}`,
  )
}

function lifeHead(
  household: string,
  timeZone: string,
  tier: Tier,
  from: number,
  to: number,
): Omit<Life, 'at' | 'exit' | 'sensor'> {
  const none = { unseen: [], out: [], readings: 0 }
  return { household, timeZone, tier, isRest: isRestDay, from, to, ...none }
}

async function signsOf(
  { devices, readings }: SubjectHome,
  from: number,
  to: number,
): Promise<Sign[]> {
  const weigh = scales(devices)
  const signs: Sign[] = []
  for await (const reading of readings)
    if (reading.at > from && reading.at <= to) signs.push(...weigh(reading))
  return signs
}

/**
 * Weighs the readings of a home as ingest does: each becomes a sign of life, or nothing. Sensors have their slots: the
 * lowest free one, and all beyond 31 share the last.
 */
export function scales(devices: readonly Device[]): (reading: Reading) => readonly Sign[] {
  const known = new Map(
    devices.map((device, i) => [
      device.uid,
      { ...device, slot: Math.min(i, 30), machines: [] as readonly Recurring[] },
    ]),
  )
  const before = new Map<string, Reading>()
  return (reading) => {
    const device = known.get(reading.uid)
    const previous = before.get(reading.uid) ?? null
    if (reading.kind === 'power') before.set(reading.uid, reading)
    if (!device) return []
    if (reading.kind === 'power')
      device.machines = learn(device.machines, device.role, riseOf(reading, previous), reading.at)
    const { active, exit } = evidence(device, reading, previous, device.machines)
    return active || exit ? [{ at: reading.at, exit, sensor: device.slot }] : []
  }
}
