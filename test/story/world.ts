import type pg from 'pg'
import { pino } from 'pino'
import type { JobName } from '../../schemas/job.ts'
import { BINARY_KINDS as BINARY, type Reading, TOPIC } from '../../schemas/reading.ts'
import { type Home, live } from '../../simulator/life.ts'
import { DAY } from '../../services/core/time.ts'
import { startAlerts } from '../../services/alerts/alerts.ts'
import type { Channels } from '../../services/alerts/deliver.ts'
import { startDetector } from '../../services/detector/detector.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { type Queue, openQueue } from '../../services/queue/queue.ts'
import { beat } from '../../services/store/gateways.ts'
import { addDevice, addGateway, addHousehold } from '../../services/store/homes.ts'

/** A home in which time passes as the test says, watched by the real services over the real queue. */
export type World = AsyncDisposable & {
  now: number
  /** Lets time pass up to `to`, and looks every `step` milliseconds. */
  pass(to: number, step: number): Promise<void>
}

/** What a world is made of. */
export type WorldOptions = {
  readonly pool: pg.Pool
  readonly url: string
  readonly home: Home
  readonly channels: Channels
  readonly now: number
}

// The test moves the clock; at this speed the detector expects to hear of ingest every 10 hours of it.
const SPEED = 300
const NEVER = 3_600_000

/** Opens a world on a database of its own. The home is that of planner kim in office gwanak. */
export async function openWorld({ pool, url, home, channels, now }: WorldOptions): Promise<World> {
  const log = pino({ level: 'error' })
  const clock = { speed: SPEED, now: () => world.now, after: () => Promise.resolve() }
  await settle(pool, home, now)
  await beat(pool, 'ingest', now)
  await using open = new AsyncDisposableStack()
  const ingest = open.use(openIngest({ pool, clock, log, retentionDays: 90 }))
  const queue = open.use(counted(openQueue({ databaseUrl: url, log })))
  const readings = live(home, now)
  let next = readings.next()

  const feed = async (to: number): Promise<void> => {
    const due: Reading[] = []
    for (; !next.done && next.value.at <= to; next = readings.next()) due.push(next.value)
    for (let i = 0; i < due.length; i += 500)
      await ingest.accept({ gateway: GATEWAY, ...message(due.slice(i, i + 500)) })
    await beat(pool, 'ingest', to)
  }

  const world: World = {
    now,
    async pass(to, step) {
      while (world.now < to) {
        world.now = Math.min(to, world.now + step)
        await feed(world.now)
        if (Math.floor(world.now / DAY) > Math.floor((world.now - step) / DAY))
          await queue.run('learn')
        await queue.run('watch')
        await queue.run('escalate')
      }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
  await startDetector({ pool, queue, clock, log, retentionDays: 90 })
  open.use(
    await startAlerts({
      pool,
      queue,
      clock,
      log,
      channels,
      polls: {},
      publicUrl: 'https://anbu.example',
    }),
  )
  const kept = open.move()
  return world
}

const GATEWAY = 'gw-story'

async function settle(pool: pg.Pool, home: Home, now: number): Promise<void> {
  const { household, timeZone } = home
  await addHousehold(
    pool,
    {
      household,
      timeZone,
      office: 'gwanak',
      alias: '행운동 3호',
      dong: '행운동',
      tier: 'mid',
      planner: 'kim',
    },
    now,
  )
  await addGateway(pool, { gateway: GATEWAY, household }, now)
  for (const { device } of home.sensors) await addDevice(pool, { ...device, gateway: GATEWAY }, now)
}

function message(readings: readonly Reading[]): { topic: string; payload: Uint8Array } {
  const r = readings.map(({ uid, kind, value, at, nature }) => ({
    d: uid,
    m: kind,
    ...(BINARY.has(kind) ? { b: value === 1 } : { n: value }),
    t: new Date(at).toISOString(),
    k: nature,
  }))
  const body = { v: 1, boot: 'story', seq: 0, r }
  return { topic: TOPIC.data(GATEWAY), payload: Buffer.from(JSON.stringify(body)) }
}

/** A queue that can be asked to run a job, and waited for until all that this led to has run too. */
function counted(queue: Queue): Queue & { run(job: JobName): Promise<void> } {
  const asked = new Set<JobName>()
  const running = new Set<JobName>()
  let changed = Promise.withResolvers<void>()
  const handled = (handler: () => Promise<void>, job: JobName) => async () => {
    asked.delete(job)
    running.add(job)
    await handler().finally(() => {
      running.delete(job)
      changed.resolve()
      changed = Promise.withResolvers()
    })
  }
  const wake = async (job: JobName): Promise<void> => {
    asked.add(job)
    await queue.wake(job)
  }
  return {
    ...queue,
    wake,
    work: (job, handler) => queue.work(job, handled(handler, job), NEVER),
    async run(job) {
      await wake(job)
      while (asked.size > 0 || running.size > 0) await changed.promise
    },
  }
}
