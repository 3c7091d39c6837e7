import type { Device } from '../../schemas/household.ts'
import type { Reading } from '../../schemas/reading.ts'
import type { Sign } from '../../services/core/evaluation/life.ts'
import { evidence } from '../../services/core/evidence.ts'
import { type Recurring, learn, riseOf } from '../../services/core/power.ts'

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
