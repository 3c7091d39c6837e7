import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stepClock } from '../../services/clock.ts'
import { choose, trialsOf } from '../../services/commands/replay.ts'
import {
  type ReplayHouse,
  STAFF,
  pipelineOf,
  settle,
} from '../../services/commands/replay-house.ts'
import type { Subject } from '../../services/commands/replay-subject.ts'
import { openSandbox } from '../../services/commands/sandbox.ts'
import { startServices } from '../../services/commands/services.ts'
import { openStepQueue } from '../../services/commands/step-queue.ts'
import { readSetting } from '../../services/store/homes.ts'
import { type ReplayedSignal, Standing, allSignals } from '../../services/store/replays.ts'
import { type Reached, type ReplayOptions, replay } from '../../simulator/replay.ts'

/** How a replay is run in a test. */
export type Way = Pick<ReplayOptions, 'pace' | 'longest' | 'onStep' | 'signal'> & {
  /** Without it, signals are raised and nobody is told. */
  readonly told?: true
  /** What holds instead of the defaults, as `--set` says it. */
  readonly set?: readonly string[]
}

/** What a replay came to, and the house that it was in while it is open. */
export type Lived = { readonly signals: readonly ReplayedSignal[]; readonly reached: Reached }

/** Replays in the database at `url`, through a broker and all services, from where an earlier run stopped. */
export async function liveAgain(url: string, subject: Subject, way: Way = {}): Promise<Lived> {
  await using open = new AsyncDisposableStack()
  const house = await openHouse(url, subject, open)
  const addresses = await startServices(house, ['broker'], open)
  const homes = await settle(house, subject, addresses, open)
  await choose(house, trialsOf(way), subject.from)
  await startServices(house, way.told ? ['detector', 'alerts'] : ['detector'], open)
  const pipeline = pipelineOf({
    house,
    of: subject.name,
    answered: way.told ?? false,
    onOutlook: () => undefined,
  })
  const { from, to } = subject
  const resumeAt = house.clock.now()
  const reached = await replay({ ...way, homes, pipeline, from, to, resumeAt })
  return { signals: await allSignals(house.pool), reached }
}

async function openHouse(
  url: string,
  subject: Subject,
  open: AsyncDisposableStack,
): Promise<ReplayHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'anbu-replay-'))
  open.defer(() => rm(dataDir, { recursive: true, force: true }))
  // Any port that is free: many tests at once.
  process.env['ANBU_MQTT_PORT'] = '0'
  process.env['ANBU_HTTP_PORT'] = '0'
  const queue = openStepQueue()
  const house = await openSandbox(
    {
      dataDir,
      fresh: false,
      people: STAFF,
      databaseUrl: url,
      queue,
      clock: async (pool) => {
        const standing = await readSetting(pool, 'replay', Standing)
        return stepClock(standing?.at ?? subject.from, 60)
      },
    },
    open,
  )
  return { ...house, queue, ahead: stepClock(house.clock.now(), 60) }
}

/** What was raised, and in which minute: what two replays of one life have in common. */
export function raised(signals: readonly ReplayedSignal[]): string[] {
  const lines = found(signals)
  return signals.map(({ at }, i) => `${lines[i] ?? ''}, raised at ${new Date(at).toISOString()}`)
}

/** What was found, and when it was due: what a replay and core alone have in common. */
export function found(signals: readonly ReplayedSignal[]): string[] {
  return signals.map(
    ({ household, kind, grade, rule, due }) =>
      `${new Date(due).toISOString()} ${household} ${kind} ${grade} ${rule}`,
  )
}
