import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { DAY } from '../services/core/time.ts'
import type { ReplayOptions, ReplayedHome } from './replay.ts'
import type { Arrival } from './steps.ts'

/** What arrives of one home in the part that is replayed, from where an earlier run stopped. */
export async function* arrivalsOf(
  { readings, arrivesAt = measuredAt }: ReplayedHome,
  { from, to, resumeAt }: Pick<ReplayOptions, 'from' | 'to' | 'resumeAt'>,
): AsyncGenerator<Arrival> {
  const begin = Math.max(from, resumeAt ?? from)
  const known = new Map<string, Reading>()
  let at = -Infinity
  for await (const reading of readings) {
    at = Math.max(at, arrivesAt(reading))
    if (at > to) return
    if (at > begin) {
      yield* again(known, begin)
      yield { at, reading }
    } else if (at > from && reading.kind === 'power') known.set(reading.uid, reading)
  }
}

const measuredAt = ({ at }: Reading): Millis => at

// What a meter rises from is known to ingest only while it runs: it is told again, and stored once.
function* again(known: Map<string, Reading>, begin: Millis): Generator<Arrival> {
  for (const reading of known.values())
    if (reading.at > begin - 2 * DAY) yield { at: begin + 1, reading }
  known.clear()
}
