import type pg from 'pg'
import { pino } from 'pino'
import { NO_CONTACTS, type Person } from '../../schemas/household.ts'
import type { Grade, Reason, SignalKind } from '../../schemas/signal.ts'
import { Channel } from '../../schemas/channel.ts'
import type { Millis } from '../../schemas/time.ts'
import { escalate } from '../../services/alerts/escalate.ts'
import { messageWriter } from '../../services/alerts/message.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { type Clock, DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { applyEvent, type Voice } from '../../services/store/alerts.ts'
import { claimDelivery } from '../../services/store/claims.ts'
import { settleDelivery } from '../../services/store/deliveries.ts'
import { addHousehold, addPerson, addPlan } from '../../services/store/homes.ts'
import { instant } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'
import { saveResident } from '../../services/store/residents.ts'

/** Thirteen minutes past two on a Monday night in Seoul: when a console must be at its best. */
export const NIGHT = Date.parse('2026-11-23T02:13:00+09:00')
export const SEOUL = 'Asia/Seoul'
export const NAMES_KEY = 'a made-up key for names, of enough characters'

/** A clock that a test sets. */
export type StillClock = Clock & { set(at: Millis): void }

export function stillClock(at: Millis): StillClock {
  let now = at
  return {
    now: () => now,
    speed: 1,
    after: () => Promise.reject(new Error('nobody waits for a time in these tests')),
    set: (then) => {
      now = then
    },
  }
}

/** A made-up town: each person and each home of it is invented. */
export type Town = {
  readonly pool: pg.Pool
  readonly clock: StillClock
  /** How people are told; a test may set another. */
  voice: Voice
  /** Raises a signal as the detector does, and lets the alert service take it. */
  raise(household: string, grade: Grade, kind?: SignalKind, reason?: Reason): Promise<number>
  /** Lets the timers run that are due. */
  sweep(): Promise<void>
  /** Sends what waits: taken by the other side, or not, by the channel. */
  send(fails?: (person: string) => boolean): Promise<void>
  changed(): Promise<void>
}

const STAFF: readonly Person[] = [
  person('haneul', '김하늘', 'planner'),
  person('doyun', '이도윤', 'duty'),
  person('seoyeon', '박서연', 'supervisor'),
  person('jian', '최지안', 'technician'),
]

function person(id: string, name: string, role: Person['role']): Person {
  return { person: id, name, role, office: 'gwanak', ...NO_CONTACTS, email: `${id}@office.example` }
}

const HOMES = [
  ['home-01', '행운동 3호', '행운동', 'high'],
  ['home-02', '청룡동 11호', '청룡동', 'mid'],
  ['home-03', '보라매동 7호', '보라매동', 'mid'],
  ['home-04', '성현동 2호', '성현동', 'high'],
  ['home-05', '은천동 5호', '은천동', 'low'],
  ['home-06', '낙성대동 6호', '낙성대동', 'mid'],
  ['home-07', '인헌동 8호', '인헌동', 'mid'],
  ['home-08', '중앙동 9호', '중앙동', 'high'],
  ['home-09', '서원동 4호', '서원동', 'low'],
  ['home-10', '신사동 12호', '신사동', 'mid'],
] as const

/** Builds the staff, the plan and the homes, watched for 28 days, with nothing open yet. */
export async function buildTown(pool: pg.Pool): Promise<Town> {
  const clock = stillClock(NIGHT)
  const start = NIGHT - 30 * DAY
  // One day each is enough: with it comes the partition of four weeks of activity around it.
  for (const day of [start, NIGHT - 2 * DAY, NIGHT]) await makePartitions(pool, day, day)
  await addPlan(pool, STANDARD_PLAN)
  for (const one of STAFF) await addPerson(pool, one)
  for (const [household, alias, dong, tier] of HOMES) {
    const home = {
      household,
      office: 'gwanak',
      alias,
      dong,
      timeZone: SEOUL,
      tier,
      planner: 'haneul',
    }
    await addHousehold(pool, home, start)
  }
  await furnish(pool)
  await pool.query(
    `update watch set last_activity_at = $1, last_inner_at = $1, deadline_at = null`,
    [instant(NIGHT - 3 * HOUR - 20 * MINUTE)],
  )
  return townOf(pool, clock)
}

async function furnish(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into gateway (gateway, household_id, salt, hash, check_at)
     select 'gw-' || household, id, '', '', $1 from household`,
    [instant(NIGHT)],
  )
  await pool.query(
    `insert into device (gateway, uid, household_id, kind, room, role, silent_after, check_at)
     select g.gateway, d.uid, g.household_id, d.kind, d.room, d.role, '26 hours', $1
     from gateway g, (values ('motion-1', 'motion', '거실', 'inner'), ('motion-2', 'motion', '침실', 'inner'),
       ('door-1', 'open', '현관', 'exit'), ('plug-1', 'power', '주방', 'plug')) as d (uid, kind, room, role)
     order by g.gateway, d.uid`,
    [instant(NIGHT)],
  )
  await pool.query(`update gateway set last_seen_at = $1`, [instant(NIGHT - 2 * MINUTE)])
  await pool.query(
    `update device set battery = 40 + (id % 6) * 10, last_seen_at = $1::timestamptz - (id % 7) * interval '53 minutes'
     where role <> 'plug'`,
    [instant(NIGHT - 3 * HOUR)],
  )
  await pool.query(`update device set last_seen_at = $1 where role = 'plug'`, [instant(NIGHT)])
  const resident = { name: '가나다', address: '가상구 없는길 1', phone: '000-0000-0000' }
  await saveResident(pool, NAMES_KEY, 'home-01', resident)
}

function townOf(pool: pg.Pool, clock: StillClock): Town {
  const log = pino({ level: 'silent' })
  const voice: Voice = {
    write: messageWriter('https://anbu.example'),
    channels: Channel.options,
    asks: false,
    pass: null,
  }
  const town: Town = {
    pool,
    clock,
    voice,
    async raise(household, grade, kind = 'inactivity', reason = quiet(clock.now(), 14 * HOUR)) {
      await pool.query(
        `insert into signal (household_id, kind, grade, due_at, at, reason, model)
         select id, $2, $3, $4, $4, $5, 'made-up' from household where household = $1`,
        [household, kind, grade, instant(clock.now()), reason],
      )
      await town.sweep()
      const { rows } = await pool.query<{ id: number }>(
        `select a.id from alert a join household h on h.id = a.household_id
         where h.household = $1 and a.kind = $2 order by a.id desc limit 1`,
        [household, kind],
      )
      return rows[0]?.id ?? 0
    },
    async sweep() {
      await escalate({ pool, log, voice: town.voice, now: () => clock.now() })
    },
    send: (fails = () => false) => sendAll(pool, fails, clock.now()),
    async changed() {
      await pool.query(`select pg_notify('board', '')`)
    },
  }
  return town
}

async function sendAll(
  pool: pg.Pool,
  fails: (person: string) => boolean,
  now: Millis,
): Promise<void> {
  for (;;) {
    const claimed = await claimDelivery(pool, [], now + MINUTE, now)
    if (!claimed) return
    const failed = fails(claimed.person)
    await settleDelivery(
      pool,
      claimed,
      {
        state: failed ? 'failed' : 'accepted',
        due: null,
        next: failed ? now : null,
        provider: null,
        providerId: null,
        pollAt: null,
        error: failed ? '550 no such mailbox' : null,
      },
      now,
    )
  }
}

/** A silence as the detector words it. */
function quiet(now: Millis, silentFor: Millis): Reason {
  return {
    rule: 'surprise',
    since: now - silentFor,
    silentFor,
    expected: Math.round(silentFor / HOUR),
    longest: 9 * HOUR,
    lastRoom: '거실',
    presence: 'home',
    surprise: 14.2,
    threshold: 11.8,
    budget: 0.02,
  }
}

/** A night with something in every section of the board. Resolves with the alerts by what they show. */
export async function busyNight(town: Town): Promise<Record<string, number>> {
  const { pool, clock } = town
  const at = (before: Millis) => clock.set(NIGHT - before)
  at(4 * DAY)
  const past = await town.raise('home-01', 'warning')
  await town.send()
  await applyEvent(pool, past, { type: 'acknowledge', by: 'haneul' }, clock.now())
  at(4 * DAY - 40 * MINUTE)
  const note = '문 두드리니 나오심. 감기로 누워 계셨음.'
  await applyEvent(
    pool,
    past,
    { type: 'outcome', by: 'haneul', outcome: 'safe', note },
    clock.now(),
  )

  at(50 * MINUTE)
  const gateway = { rule: 'gateway-offline', lastSeen: clock.now() - 12 * MINUTE } as const
  const blind = await town.raise('home-04', 'caution', 'blind', gateway)
  await town.send()
  at(35 * MINUTE)
  const back = await town.raise('home-08', 'warning', 'inactivity', quiet(clock.now(), 11 * HOUR))
  await town.send()
  at(22 * MINUTE)
  await pool.query(
    `insert into returned (household_id, kind, at)
     select id, 'inactivity', $1 from household where household = 'home-08'`,
    [instant(clock.now())],
  )
  await town.sweep()
  const held = await town.raise(
    'home-02',
    'warning',
    'inactivity',
    quiet(clock.now(), 13 * HOUR + 20 * MINUTE),
  )
  await town.send()
  at(18 * MINUTE)
  await applyEvent(pool, held, { type: 'acknowledge', by: 'haneul' }, clock.now())
  at(12 * MINUTE)
  const open = await town.raise(
    'home-03',
    'caution',
    'inactivity',
    quiet(clock.now(), 8 * HOUR + 40 * MINUTE),
  )
  const listed = await town.raise('home-05', 'watch', 'inactivity', quiet(clock.now(), 6 * HOUR))
  await town.send()
  at(4 * MINUTE)
  const danger = await town.raise(
    'home-01',
    'danger',
    'inactivity',
    quiet(clock.now(), 17 * HOUR + 20 * MINUTE),
  )
  await town.send((who) => who === 'doyun')
  at(MINUTE)
  await town.sweep()
  await town.send()
  at(0)
  await whereabouts(pool)
  return { past, blind, back, held, open, listed, danger }
}

async function whereabouts(pool: pg.Pool): Promise<void> {
  const set = (household: string, text: string, values: readonly unknown[]) =>
    pool.query(
      `update watch w set ${text} from household h where h.id = w.household_id and h.household = $1`,
      [household, ...values],
    )
  await set('home-06', `presence = 'away', presence_since = $2, presence_until = $3`, [
    instant(NIGHT - 9 * HOUR),
    instant(NIGHT + 11 * HOUR),
  ])
  await set('home-04', `presence = 'blind', presence_since = $2`, [instant(NIGHT - 62 * MINUTE)])
  await pool.query(
    `insert into unseen (household_id, since, cause)
     select id, $1, 'gateway' from household where household = 'home-04'`,
    [instant(NIGHT - 62 * MINUTE)],
  )
  await pool.query(
    `update gateway set offline_at = $1, lost_since = $1, last_seen_at = $1 where gateway = 'gw-home-04'`,
    [instant(NIGHT - 62 * MINUTE)],
  )
  const silent = [
    ['home-01', 'danger', 17 * HOUR + 24 * MINUTE],
    ['home-02', 'warning', 13 * HOUR + 42 * MINUTE],
    ['home-03', 'caution', 8 * HOUR + 52 * MINUTE],
    ['home-05', 'watch', 6 * HOUR + 12 * MINUTE],
  ] as const
  for (const [household, grade, length] of silent)
    await set(household, `grade = $2, last_activity_at = $3, silence_since = $3`, [
      grade,
      instant(NIGHT - length),
    ])
}

/** Four weeks of a person who rises at six, naps, goes out on most mornings and sleeps at ten. Made up, seeded. */
export async function liveFourWeeks(pool: pg.Pool, household: string): Promise<void> {
  const random = seeded(7)
  const quarters: [string, number, number][] = []
  const first = Math.floor((NIGHT - 29 * DAY) / QUARTER) * QUARTER
  for (let start = first; start < NIGHT - 17 * HOUR; start += QUARTER) {
    const hour = ((start + 9 * HOUR) % DAY) / HOUR
    if (random() >= liveliness(hour)) continue
    const goesOut = hour > 8.5 && hour < 12 && random() < 0.12
    quarters.push([instant(start), 1 + Math.floor(random() ** 2 * 11), goesOut ? 1 : 0])
  }
  await pool.query(
    `insert into activity (household_id, quarter, events, exits)
     select h.id, q.quarter, q.events, q.exits
     from household h, unnest($2::timestamptz[], $3::int[], $4::int[]) as q (quarter, events, exits)
     where h.household = $1`,
    [
      household,
      quarters.map(([at]) => at),
      quarters.map(([, n]) => n),
      quarters.map(([, , n]) => n),
    ],
  )
  const unseen = [
    [NIGHT - 9 * DAY - 11 * HOUR, NIGHT - 9 * DAY - 2 * HOUR],
    [NIGHT - 20 * DAY, NIGHT - 20 * DAY + 5 * HOUR],
  ] as const
  for (const [since, until] of unseen)
    await pool.query(
      `insert into unseen (household_id, since, until, cause)
       select id, $2, $3, 'gateway' from household where household = $1`,
      [household, instant(since), instant(until)],
    )
}

function liveliness(hour: number): number {
  if (hour < 5.5 || hour >= 22.5) return 0.03
  if (hour < 6.5) return 0.6
  if (hour >= 13 && hour < 14.5) return 0.2
  return hour < 20 ? 0.72 : 0.5
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
