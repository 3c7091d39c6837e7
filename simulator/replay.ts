import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import type { Clock } from '../services/core/time.ts'
import type { SimulatedGateway } from './gateway.ts'
import { playLive } from './live.ts'
import { publishPast } from './past.ts'
import type { Recording } from './recording.ts'

/** How far a replay has come. */
export type ReplayProgress = {
  /** The newest instant of the recording that is stored. */
  readonly at: Millis
  readonly done: number
  /** How many readings there will be, estimated where only a part is replayed. */
  readonly total: number
  /** Readings a second, and the real milliseconds that are left at this pace. */
  readonly rate: number
  readonly left: number
}

/** What to replay, and how fast. */
export type ReplayOptions = {
  readonly recording: Pick<Recording, 'readings' | 'from' | 'to' | 'count'>
  readonly gateway: SimulatedGateway
  /** The pipeline's clock; null: as fast as the broker takes it, while that clock stands at the end. */
  readonly clock: Clock | null
  /** Only what lies from `from` up to, not including, `to`. */
  readonly from?: Millis | undefined
  readonly to?: Millis | undefined
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Publishes a recording as its gateway would have. Resolves when all of it is acknowledged, or soon after an abort. */
export async function replay(options: ReplayOptions): Promise<void> {
  const { recording, clock, signal, onProgress } = options
  const { from = recording.from, to = recording.to + 1 } = options
  const told = progress(recording, from, to, clock)
  const gateway = {
    beat: () => options.gateway.beat(),
    cut: () => options.gateway.cut(),
    async publish(readings: readonly Reading[]) {
      await options.gateway.publish(readings)
      onProgress?.(told(readings))
    },
  }
  const homes = [{ gateway, readings: within(recording.readings, from, to) }]
  if (clock) await playLive({ clock, homes, signal })
  else await publishPast({ homes, until: to, signal })
}

async function* within(readings: AsyncIterable<Reading>, from: Millis, to: Millis) {
  for await (const reading of readings) if (reading.at >= from && reading.at < to) yield reading
}

function progress(
  recording: ReplayOptions['recording'],
  from: Millis,
  to: Millis,
  clock: Clock | null,
): (stored: readonly Reading[]) => ReplayProgress {
  const begun = performance.now()
  const whole = from <= recording.from && to > recording.to
  let [at, done] = [from, 0]
  return (stored) => {
    done += stored.length
    at = stored.reduce((latest, reading) => Math.max(latest, reading.at), at)
    const share = (at - from) / (to - from)
    const total = whole ? recording.count : Math.round(done / Math.max(share, 1e-6))
    const passed = performance.now() - begun
    const left = clock ? (to - at) / clock.speed : (passed * (total - done)) / done
    return { at, done, total, rate: (done * 1000) / passed, left }
  }
}
