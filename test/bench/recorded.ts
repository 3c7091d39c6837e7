import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reading } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { MINUTE } from '../../services/core/time.ts'
import { readRecording } from '../../simulator/recording.ts'
import { type Gap, type Sign, type Where, gapsOf } from './gaps.ts'

/** A home that lived, and the gaps in what was seen of it. */
export type RecordedHome = { readonly name: string; readonly gaps: readonly Gap[] }

/** The week tm000 of CASAS, or null when it is not in the folder. */
export async function recordedMovement(folder: string): Promise<RecordedHome | null> {
  const path = join(folder, 'tm000', 'tm000.multiday_absence.txt')
  const recording = await readRecording(path).catch(() => null)
  if (!recording) return null
  const signs: Sign[] = []
  for await (const { kind, value, at, uid } of recording.readings)
    if (kind === 'motion' && value === 1) signs.push({ at, where: areaOf(uid) })
  return { name: 'CASAS tm000', gaps: gapsOf(signs, recording.household.timeZone) }
}

function areaOf(area: string): Where {
  if (area.startsWith('Bedroom')) return 'bed'
  return /Entryway/.test(area) ? 'exit' : 'home'
}

// A rise of the whole home's power that the fridge does not make: see `RISE` of core/evidence.
const MAINS_RISE = 1000

/** The metered homes in the folder, as many as there are. */
export async function recordedPower(folder: string): Promise<readonly RecordedHome[]> {
  const power = join(folder, 'power')
  const files = await readdir(power).catch(() => [])
  const homes = Map.groupBy(
    files.toSorted((a, b) => a.localeCompare(b, 'en')),
    (name) => name.replace(/_\d{4}-\d\d\.csv(\.gz)?$/, ''),
  )
  return Promise.all(
    [...homes].map(([name, months]) =>
      metered(
        name,
        months.map((each) => join(power, each)),
      ),
    ),
  )
}

async function metered(
  name: string,
  [first = '', ...others]: readonly string[],
): Promise<RecordedHome> {
  const recording = await readRecording([first, ...others])
  const mains: Reading[] = []
  for await (const reading of recording.readings)
    if (reading.uid === 'Aggregate') mains.push(reading)
  return { name, gaps: gapsOf(rises(mains), recording.household.timeZone, holes(mains)) }
}

/** The minutes at whose beginning a home draws so much more than a minute before. */
export function* rises(mains: readonly Reading[]): Generator<Sign> {
  for (const [i, { at, value }] of mains.entries())
    if (value - (mains[i - 1]?.value ?? value) >= MAINS_RISE) yield { at, where: 'home' }
}

const FROZEN = 30 * MINUTE

// These sets fill what they do not know with 0 W or the last value: a meter that says the same for half an hour.
function holes(mains: readonly Reading[]): readonly (readonly [Millis, Millis])[] {
  const found: [Millis, Millis][] = []
  let [first] = mains
  let last = first
  for (const each of mains) {
    if (first && last && each.value !== first.value) {
      if (last.at - first.at >= FROZEN) found.push([first.at, last.at])
      first = each
    }
    last = each
  }
  return found
}
