import { pino } from 'pino'
import { expect, vi } from 'vitest'
import { startHeartbeat } from '../../services/warden/heartbeat.ts'
import { beat } from '../../services/store/gateways.ts'
import { seedHome } from '../broker/door.ts'
import { test as withDatabase } from '../database.ts'
import { openHouse, openOutside, type Outside, shiftedClock } from './watch.ts'

vi.setConfig({ testTimeout: 60_000 })

const EVERY = 100
const SECOND = 1000

/** A house at work whose heart beats ten times a second, and what it says of itself. */
const test = withDatabase.extend('watched', async ({ pool, url }, { onCleanup }) => {
  const open = new AsyncDisposableStack()
  onCleanup(() => open.disposeAsync())
  const clock = shiftedClock()
  const outside = open.use(await openOutside())
  const house = open.use(await openHouse(pool, url, clock))
  const refused: string[][] = []
  const log = pino(
    { level: 'error' },
    {
      write: (line) => {
        const said: { why: { what: string }[] } = JSON.parse(line)
        refused.push(said.why.map(({ what }) => what))
      },
    },
  )
  open.use(startHeartbeat({ pool, clock, log, url: outside.url, every: EVERY }))
  await expect.poll(() => outside.beats.length, { timeout: 20_000 }).toBeGreaterThan(2)
  return { clock, outside, house, refused }
})

/** Fails when another beat arrives while it had ten chances. */
async function expectSilence(outside: Outside, refused: unknown[]): Promise<void> {
  const tried = refused.length
  await expect.poll(() => refused.length, { timeout: 30_000 }).toBeGreaterThan(tried)
  const heard = outside.beats.length
  await expect.poll(() => refused.length, { timeout: 30_000 }).toBeGreaterThan(tried + 3)
  expect(outside.beats.length).toBe(heard)
}

test('I17: the heartbeat stops when the workers stop, and says why', async ({ watched }) => {
  const { clock, outside, house, refused } = watched
  await house.stopWorkers()
  // A minute later ingest still beats, and that is not enough.
  clock.jump(40 * SECOND)
  await expectSilence(outside, refused)
  expect(refused.at(-1)).toEqual(expect.arrayContaining(['detector', 'alerts', 'delivery']))
})

test('I17: the heartbeat stops while the database is too slow to answer, and comes back with it', async ({
  watched,
  pool,
}) => {
  const { outside, refused } = watched
  const blocker = await pool.connect()
  await blocker.query('begin; lock table pulse in access exclusive mode')
  try {
    await expectSilence(outside, refused)
    expect(refused.at(-1)).toEqual(['database'])
  } finally {
    await blocker.query('rollback')
    blocker.release()
  }
  const heard = outside.beats.length
  await expect.poll(() => outside.beats.length, { timeout: 20_000 }).toBeGreaterThan(heard)
})

test('I17: the heartbeat stops while signals wait that nobody takes, though every service says that it lives', async ({
  watched,
  pool,
}) => {
  const { clock, outside, refused } = watched
  await seedHome(pool)
  const blocker = await pool.connect()
  try {
    // As when another worker took it and hangs: those who sweep pass over what is locked.
    await blocker.query('begin')
    await blocker.query(
      `insert into signal (household_id, kind, grade, due_at, at, reason, model)
       select id, 'blind', 'caution', now(), now(), '{"rule": "unwatched", "lastSeen": 0}', 'made-up'
       from household`,
    )
    await blocker.query('commit; begin; select from signal for update')
    clock.jump(40 * SECOND)
    await expect.poll(() => refused.at(-1), { timeout: 30_000 }).toEqual(['signal'])
    await expectSilence(outside, refused)
  } finally {
    await blocker.query('rollback')
    blocker.release()
  }
})

test('a beat that nobody hears is tried again, and the next one arrives', async ({ pool, url }) => {
  const clock = shiftedClock()
  await using house = await openHouse(pool, url, clock)
  expect(house.mqtt).toContain('mqtt://')
  const outside = await openOutside()
  await outside[Symbol.asyncDispose]()
  const warned: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void warned.push(line) })
  await using beats = startHeartbeat({ pool, clock, log, url: outside.url, every: EVERY })
  expect(beats).toBeDefined()
  await expect
    .poll(() => warned.filter((line) => line.includes('did not arrive')).length, {
      timeout: 20_000,
    })
    .toBeGreaterThan(1)
})

withDatabase.for(['ingest', 'detector', 'alerts', 'delivery'] as const)(
  'I17: no beat leaves while %s alone is late, however fresh all others are',
  async (service, { pool }) => {
    // Time stands still: nothing else grows old meanwhile.
    const now = Date.now()
    const clock = { now: () => now, speed: 1 }
    for (const one of ['ingest', 'detector', 'alerts', 'delivery']) await beat(pool, one, now)
    const refused: string[][] = []
    const log = pino(
      { level: 'error' },
      {
        write: (line) =>
          void refused.push(JSON.parse(line).why.map((one: { what: string }) => one.what)),
      },
    )
    await using outside = await openOutside()
    await using beats = startHeartbeat({ pool, clock, log, url: outside.url, every: EVERY })
    expect(beats).toBeDefined()
    await expect.poll(() => outside.beats.length, { timeout: 20_000 }).toBeGreaterThan(1)
    const age = (by: number) =>
      pool.query('update pulse set at = $2 where service = $1', [service, new Date(now - by)])
    // Its last sign is 25 s old, and not a moment more: still fresh.
    await age(25 * SECOND)
    const before = outside.beats.length
    await expect.poll(() => outside.beats.length, { timeout: 20_000 }).toBeGreaterThan(before)
    await age(25 * SECOND + 1)
    await expectSilence(outside, refused)
    expect(refused.at(-1)).toEqual([service])
    await age(0)
    const silent = outside.beats.length
    await expect.poll(() => outside.beats.length, { timeout: 20_000 }).toBeGreaterThan(silent)
  },
)
