import type { Millis } from '../../schemas/time.ts'
import { stepClock } from '../clock.ts'
import { NotAReplay, copyPlans, openBeside } from '../store/beside.ts'
import { readSetting } from '../store/homes.ts'
import { openPool } from '../store/pool.ts'
import { Standing } from '../store/replays.ts'
import { startServer } from '../store/server.ts'
import { UsageError, openLog, readEnvironment } from './context.ts'
import { type ReplayHouse, STAFF } from './replay-house.ts'
import { openSandbox } from './sandbox.ts'
import { isAway, notLetIn } from './start.ts'
import { openStepQueue } from './step-queue.ts'

// A step is acknowledged and judged before time moves on. Of what the services call patience beside real time, an hour
// passes in a step: then nothing counts as standing still.
const PATIENCE = 60

/** Which replay the house is for, and where it stands. */
export type ReplayHouseOptions = {
  /** Names the replay: what an earlier run of it left is gone on with. */
  readonly of: string
  readonly from: Millis
  readonly dataDir: string
  readonly sandbox?: true
  readonly fresh?: true
  readonly tell: (line: string) => void
}

/** Opens the house of a replay, on the clock at which an earlier run of it stopped. */
export async function openReplayHouse(
  options: ReplayHouseOptions,
  open: AsyncDisposableStack,
): Promise<ReplayHouse> {
  const { of, from, dataDir, fresh, tell } = options
  const home = options.sandbox ? realDatabase() : await ownDatabase(dataDir, open)
  const keep = (standing: Standing) => !fresh && !standing.isOver && standing.of === of
  const databaseUrl = await openBeside(home.url, home.name, keep).catch((error: unknown) => {
    if (isAway(error)) throw notLetIn(home.url, error)
    throw error instanceof NotAReplay ? new UsageError(error.message, { cause: error }) : error
  })
  const queue = openStepQueue()
  const house = await openSandbox(
    {
      dataDir,
      fresh: false,
      people: STAFF,
      tell,
      databaseUrl,
      queue,
      clock: async (pool) => {
        const standing = await readSetting(pool, 'replay', Standing)
        return stepClock(standing?.at ?? from, PATIENCE)
      },
    },
    open,
  )
  if (options.sandbox) await copyChoices(home.url, house)
  return { ...house, queue, ahead: stepClock(house.clock.now(), PATIENCE) }
}

type Beside = { readonly url: string; readonly name: string }

function realDatabase(): Beside {
  const url = readEnvironment(process.env).ANBU_DATABASE_URL
  if (url === undefined)
    throw new UsageError(
      '--sandbox stands beside the database at ANBU_DATABASE_URL, and that is not set; without --sandbox a replay has a server of its own',
    )
  return { url, name: `${decodeURIComponent(new URL(url).pathname.slice(1))}_replay` }
}

/**
 * What holds for a server of which nothing outlives a replay: nothing waits for the disk. A killed process loses nothing
 * by it; after a power cut, begin afresh.
 */
export const FORGETFUL = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  shared_buffers: '256MB',
}

async function ownDatabase(dataDir: string, open: AsyncDisposableStack): Promise<Beside> {
  const log = openLog(readEnvironment({ ANBU_LOG_LEVEL: 'error', ...process.env }))
  const server = await startServer({ dataDir, log, settings: FORGETFUL })
  return { url: open.use(server).url, name: 'anbu_replay' }
}

async function copyChoices(url: string, { pool }: Pick<ReplayHouse, 'pool'>): Promise<void> {
  const real = openPool(url, { max: 1 })
  try {
    await copyPlans(real, pool)
  } finally {
    await real.end()
  }
}
