import type pg from 'pg'
import { pino } from 'pino'
import { z } from 'zod'
import type { Household } from '../../schemas/household.ts'
import { Rhythm } from '../../schemas/rhythm.ts'
import { type Grade, Presence, type Reason, Signal, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { DAY, MINUTE, QUARTER } from '../../services/core/time.ts'
import { learnRhythms } from '../../services/detector/learning.ts'
import { relearnRhythms } from '../../services/detector/relearning.ts'
import { watchHomes } from '../../services/detector/watch.ts'
import { beat, markOffline } from '../../services/store/gateways.ts'
import { addDevice, addGateway, addHousehold } from '../../services/store/homes.ts'
import { instant, query } from '../../services/store/pool.ts'
import { type StoredReading, commit, makePartitions } from '../../services/store/readings.ts'
import { Unseen } from '../../services/store/unseen.ts'
import { test as withDatabase } from '../database.ts'

/** Nine in the morning of a Monday in Seoul. */
export const NINE = Date.parse('2026-03-02T09:00:00+09:00')

/** One home with a gateway, a motion sensor inside and a contact at the exit. */
export type TestHome = { readonly id: number; readonly motion: number; readonly door: number }

/** A made-up district: its time stands still until the test moves it, and its pipeline runs. */
export type District = {
  readonly pool: pg.Pool
  now: Millis
  /** Adds a home whose gateway has just been heard. */
  home(name: string, rest?: Partial<Household>): Promise<TestHome>
  /** Somebody moves, and the gateway is heard. */
  move(home: TestHome): Promise<void>
  /** Somebody uses the exit door. */
  exit(home: TestHome): Promise<void>
  /** The motion sensor at the exit, in place of the contact, sees somebody pass. */
  passBy(home: TestHome): Promise<void>
  /** The gateways that are still heard say so. */
  hear(home: TestHome): Promise<void>
  /** Its sensors are lost when they are silent for so long, from now on. */
  quicken(home: TestHome, silentAfter: Millis): Promise<void>
  /** The gateway's last will. */
  hangUp(home: TestHome): Promise<void>
  /** Moves the time in steps of half an hour, with a sweep each; the gateways of `alive` are heard. */
  pass(time: Millis, alive?: readonly TestHome[]): Promise<void>
  /** One sweep at the present time; ingest is alive unless the test says otherwise. */
  sweep(): Promise<void>
  /** One sweep while ingest says nothing. */
  sweepOnly(): Promise<void>
  /** Moves the time; ingest lives on, and nobody sweeps. */
  wait(time: Millis): Promise<void>
  /** Learns whatever is due, and returns how many homes that were. */
  learn(): Promise<number>
  /** Learns anew what an older version has learnt, and returns how many homes that were. */
  relearn(): Promise<number>
  /** Signs of life inside in those of `quarters` quarter hours from `start` on that `isActive`. */
  past(
    home: TestHome,
    start: Millis,
    quarters: number,
    isActive: (quarter: number) => boolean,
  ): Promise<void>
  signals(): Promise<Found[]>
  watch(home: TestHome): Promise<Watched>
  rhythm(home: TestHome): Promise<Rhythm | null>
  unseen(): Promise<{ home: number | null; since: Millis; until: Millis | null }[]>
  returned(): Promise<{ kind: string; at: Millis }[]>
}

export type Found = { kind: SignalKind; grade: Grade; due: Millis; at: Millis; reason: Reason }

const Watched = z.object({
  presence: Presence,
  since: Millis,
  deadline: Millis.nullable(),
  grade: z.string().nullable(),
})
export type Watched = z.infer<typeof Watched>

const log = pino({ level: 'silent' })
/** The most that passes between two sweeps. */
export const STEP = 30 * MINUTE
// Thirty times as fast as the wall: the 2 minutes after which ingest stands still are an hour.
const SPEED = 30

/** A test with a district of its own. */
export const test = withDatabase.extend('district', async ({ pool }) => {
  await makePartitions(pool, NINE - 12 * DAY, NINE + 6 * DAY)
  await beat(pool, 'ingest', NINE)
  return district(pool)
})

function gatewayOf(home: TestHome): string {
  return `gw-${home.id}`
}

function district(pool: pg.Pool): District {
  const self: District = {
    pool,
    now: NINE,
    home: (name, rest) => addHome(pool, name, rest, self.now),
    move: (home) => read(self, home, { deviceId: home.motion, kind: 'motion', exit: false }),
    exit: (home) => useDoor(self, home),
    passBy: (home) => read(self, home, { deviceId: home.door, kind: 'motion', exit: true }),
    async hear(home) {
      await commit(pool, [], [gatewayOf(home)], self.now)
    },
    async quicken(home, silentAfter) {
      await pool.query(
        `update device set silent_after = make_interval(secs => $2), check_at = 'epoch', last_seen_at = $3
         where household_id = $1`,
        [home.id, silentAfter / 1000, instant(self.now)],
      )
    },
    hangUp: (home) => markOffline(pool, gatewayOf(home), self.now),
    async pass(time, alive = []) {
      for (const end = self.now + time; self.now < end;) {
        self.now = Math.min(self.now + STEP, end)
        for (const home of alive) await self.hear(home)
        await self.sweep()
      }
    },
    async sweep() {
      await beat(pool, 'ingest', self.now)
      await self.sweepOnly()
    },
    async sweepOnly() {
      await watchHomes({ pool, log, speed: SPEED }, self.now)
    },
    async wait(time) {
      for (const end = self.now + time; self.now < end;) {
        self.now = Math.min(self.now + STEP, end)
        await beat(pool, 'ingest', self.now)
      }
    },
    learn: () => learnRhythms(pool, self.now),
    relearn: () => relearnRhythms({ pool, log }, { atMost: MINUTE, lateness: DAY }, self.now),
    async past(home, start, quarters, isActive) {
      const numbers = Array.from({ length: quarters }, (_, n) => n).filter(isActive)
      const times = numbers.map((n) => start + n * QUARTER)
      await commit(
        pool,
        times.map((at) => ({
          ...reading(home, { deviceId: home.motion, kind: 'motion', exit: false }),
          at,
        })),
        [],
        self.now,
      )
    },
    rhythm: (home) => rhythmOf(pool, home),
    unseen: () =>
      query(pool, Unseen, 'select household_id as home, since, until from unseen order by id'),
    signals: () => signalsOf(pool),
    watch: (home) => watchOf(pool, home),
    returned: () =>
      query(
        pool,
        z.object({ kind: z.string(), at: Millis }),
        'select kind, at from returned order by kind',
      ),
  }
  return self
}

async function addHome(
  pool: pg.Pool,
  name: string,
  rest: Partial<Household> = {},
  now: Millis,
): Promise<TestHome> {
  const household = {
    household: name,
    office: 'gwanak',
    alias: name,
    dong: '행운동',
    timeZone: 'Asia/Seoul',
    tier: 'high' as const,
    planner: null,
    ...rest,
  }
  await addHousehold(pool, household, now)
  const { rows } = await pool.query<{ id: number }>(
    'select id from household where household = $1',
    [name],
  )
  const id = rows[0]?.id ?? 0
  const gateway = `gw-${id}`
  await addGateway(pool, { gateway, household: name }, now)
  const device = { gateway, silentAfter: 12 * DAY }
  const motion = { ...device, uid: 'pir', kind: 'motion', room: '거실', role: 'inner' } as const
  const door = { ...device, uid: 'door', kind: 'open', room: '현관', role: 'exit' } as const
  const home = {
    id,
    motion: await addDevice(pool, motion, now),
    door: await addDevice(pool, door, now),
  }
  await commit(pool, [], [gateway], now)
  return home
}

// It opens and closes.
async function useDoor({ pool, now }: District, home: TestHome): Promise<void> {
  const use = { ...reading(home, { deviceId: home.door, kind: 'open', exit: true }), at: now }
  await commit(pool, [use, { ...use, value: 0 }], [gatewayOf(home)], now)
}

type Said = Pick<StoredReading, 'deviceId' | 'kind' | 'exit'>

async function read({ pool, now }: District, home: TestHome, said: Said): Promise<void> {
  await commit(pool, [{ ...reading(home, said), at: now }], [gatewayOf(home)], now)
}

function reading(home: TestHome, said: Said): Omit<StoredReading, 'at'> {
  // As they were assigned.
  const slot = said.deviceId === home.motion ? 0 : 1
  return { ...said, householdId: home.id, slot, nature: 'event', value: 1, active: true }
}

async function rhythmOf(pool: pg.Pool, home: TestHome): Promise<Rhythm | null> {
  const rows = await query(
    pool,
    z.object({ body: Rhythm }),
    'select body from rhythm where household_id = $1',
    [home.id],
  )
  return rows[0]?.body ?? null
}

function signalsOf(pool: pg.Pool): Promise<Found[]> {
  return query(
    pool,
    Signal.omit({ id: true, household: true, model: true }).extend({ kind: SignalKind }),
    'select kind, grade, due_at as due, at, reason from signal order by id',
  )
}

async function watchOf(pool: pg.Pool, home: TestHome): Promise<Watched> {
  const [row] = await query(
    pool,
    Watched,
    `select presence, presence_since as since, deadline_at as deadline, grade
     from watch where household_id = $1`,
    [home.id],
  )
  if (!row) throw new Error('the home is not watched')
  return row
}

/** Has a home learnt at `at`. */
export async function setLearnAt(pool: pg.Pool, home: TestHome, at: Millis): Promise<void> {
  await pool.query('update watch set learn_at = $2 where household_id = $1', [home.id, instant(at)])
}

/** Somebody who answers for what is planned and chosen: `kim`. */
export async function addKim(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into person (person, name, role, office) values ('kim', '김가상', 'planner', 'gwanak')
     on conflict do nothing`,
  )
}
