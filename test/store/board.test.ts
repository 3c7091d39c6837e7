import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { describe, expect, vi } from 'vitest'
import type { AlertState } from '../../schemas/alert.ts'
import { GRADES, SignalKind } from '../../schemas/signal.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { boardAlerts, pipelineUnseenSince, Section, SHOWN } from '../../services/store/board.ts'
import { onBoardChange } from '../../services/store/board-changes.ts'
import { boardHomes } from '../../services/store/board-homes.ts'
import { overdue } from '../../services/store/lateness.ts'
import { type News, newsFrom, newsSince } from '../../services/store/news.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { instant } from '../../services/store/pool.ts'
import { buildTown, busyNight, NIGHT, type Town } from '../console/town.ts'
import { test } from '../database.ts'

const KINDS = SignalKind.options
const STATES: readonly AlertState[] = [
  { state: 'pending', until: NIGHT },
  { state: 'notifying', loop: 0, step: 0, times: 0, band: 'office', until: NIGHT },
  { state: 'listed' },
  { state: 'assigned', to: 'a', giver: 'b', until: NIGHT },
  { state: 'acknowledged', by: 'a', until: NIGHT, level: -1 },
  { state: 'visiting', by: 'a', companion: null, until: NIGHT },
  { state: 'deferred', by: 'a', reason: '', until: NIGHT },
  { state: 'exhausted', times: 0, until: NIGHT },
  { state: 'recovered', by: null, until: NIGHT },
  { state: 'away', author: 'a', cause: 'trip', until: NIGHT },
  { state: 'resolved', by: 'a', outcome: 'safe', at: NIGHT },
  { state: 'cancelled', by: 'a', second: null, reason: '', at: NIGHT },
]
const OPEN = STATES.length - 2

/** An alert of every kind, grade and state, each in a home of its own. */
async function everyAlert(pool: pg.Pool, { clock }: Town): Promise<void> {
  await pool.query(
    `with made as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since)
       select 'every-' || n, 'gwanak', n, '없는동', 'Asia/Seoul', 'mid', $1 from generate_series(1, $2) n
       returning id, household
     )
     insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at, state)
     select m.id, k, g, 1, 1, 'standard', (select max(version) from plan where plan = 'standard'), $1, s
     from unnest($3::text[]) k cross join unnest($4::text[]) with ordinality g (g, gn)
     cross join jsonb_array_elements($5) with ordinality s (s, sn) join made m on m.household = 'every-' || ((gn - 1) * jsonb_array_length($5) + sn)`,
    [instant(clock.now()), STATES.length * GRADES.length, KINDS, GRADES, JSON.stringify(STATES)],
  )
}

const NOBODY = { person: 'nobody', office: 'gwanak' }

describe('the board', () => {
  test('shows every home that nobody can watch, and until when an absence is believed', async ({
    pool,
  }) => {
    await busyNight(await buildTown(pool))
    const homes = new Map(
      (await boardHomes(pool, 'gwanak', NIGHT)).homes.map((home) => [home.household, home]),
    )
    expect(homes.size).toBe(10)
    expect(homes.get('home-04')).toMatchObject({
      presence: 'blind',
      unseenSince: NIGHT - 62 * MINUTE,
    })
    expect(homes.get('home-06')).toMatchObject({
      presence: 'away',
      until: NIGHT + 11 * HOUR,
      unseenSince: null,
    })
  })

  test('holds what is open and nothing that was closed, the gravest first', async ({ pool }) => {
    const ids = await busyNight(await buildTown(pool))
    const alerts = await boardAlerts(pool, NOBODY)
    expect(alerts[0]).toMatchObject({ id: ids['danger'], messages: { accepted: 1, failed: 1 } })
    expect(alerts.map(({ id }) => id)).not.toContain(ids['past'])
    expect(alerts).toHaveLength(6)
  })

  test('puts every alert there can be into exactly one section', async ({ pool }) => {
    await everyAlert(pool, await buildTown(pool))
    const alerts = await boardAlerts(pool, NOBODY)
    const totals = new Map(alerts.map(({ section, total }) => [section, total]))
    expect([...totals.keys()].toSorted()).toEqual(Section.options.toSorted())
    expect([...totals.values()].reduce((sum, total) => sum + total)).toBe(OPEN * 4 * KINDS.length)
    // What an absence holds back stands by itself, also of things.
    expect(totals.get('away')).toBe(4 * KINDS.length)
    expect(totals.get('device')).toBe((OPEN - 1) * 4 * 3)
    // Notifying, assigned and exhausted, about persons: of the gravest grade apart from the others.
    expect([totals.get('danger'), totals.get('open')]).toEqual([3 * 5, 3 * 5 * 3])
  })

  test('shows so many of each section, and the rest page by page, each once', async ({ pool }) => {
    await everyAlert(pool, await buildTown(pool))
    const seen: number[] = []
    for (let from = 0; ; from += SHOWN) {
      const page = await boardAlerts(pool, NOBODY, { section: 'device', from })
      if (page.length === 0) break
      seen.push(...page.map(({ id }) => id))
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength((OPEN - 1) * 4 * 3)
    expect(await boardAlerts(pool, NOBODY)).toHaveLength(
      SHOWN + 15 + SHOWN + 20 + SHOWN + 20 + SHOWN + 32,
    )
  })

  test('shows one home for all that went dark together, and each of them when asked', async ({
    pool,
  }) => {
    const town = await buildTown(pool)
    const dark = { rule: 'gateway-offline', lastSeen: NIGHT - HOUR } as const
    const lead = await town.raise('home-01', 'caution', 'blind', dark)
    for (const home of ['home-02', 'home-03']) await town.raise(home, 'caution', 'blind', dark)
    const alone = await town.raise('home-04', 'caution', 'blind', dark)
    const quiet = await town.raise('home-02', 'caution')
    await pool.query(
      `update alert set outage_id = 7, state = case when id = $1 then state else '{"state": "listed"}' end
       where kind = 'blind' and id <> $2`,
      [lead, alone],
    )
    await pool.query('update alert set outage_id = 7 where id = $1', [quiet])
    const found = await boardAlerts(pool, NOBODY)
    expect(new Map(found.map(({ id, stands }) => [id, stands]))).toEqual(
      new Map([
        [lead, 3],
        [alone, 1],
        [quiet, 1],
      ]),
    )
    expect(found).toHaveLength(3)
    expect(await boardAlerts(pool, NOBODY, { outage: 7 })).toHaveLength(4)
  })

  test('shows what is of another office only to whom it was given, or who was told of it', async ({
    pool,
  }) => {
    const town = await buildTown(pool)
    const danger = await town.raise('home-01', 'danger')
    const held = await town.raise('home-02', 'danger')
    const elsewhere = (person: string) => boardAlerts(pool, { person, office: 'dongjak' })
    await applyEvent(pool, held, { type: 'acknowledge', by: 'seoyeon' }, NIGHT)
    expect(await elsewhere('nobody')).toEqual([])
    // By night the duty desk was told of both.
    expect(new Set((await elsewhere('doyun')).map(({ id }) => id))).toEqual(new Set([danger, held]))
    expect((await elsewhere('seoyeon')).map(({ id }) => id)).toEqual([held])
    expect((await boardHomes(pool, 'dongjak', NIGHT)).total).toBe(0)
  })

  test('knows since when the pipeline stood still', async ({ pool }) => {
    expect(await pipelineUnseenSince(pool)).toBeNull()
    await pool.query(`insert into unseen (since, cause) values ($1, 'pipeline')`, [instant(NIGHT)])
    expect(await pipelineUnseenSince(pool)).toBe(NIGHT)
  })
})

describe('a change of the board', () => {
  test('is heard when its transaction commits, not before', async ({ pool }) => {
    const changed = vi.fn<() => void>()
    await using changes = onBoardChange(pool, changed)
    await vi.waitFor(() => expect(changes.listening()).toBe(true), { timeout: 5000 })
    changed.mockClear()
    const client = await pool.connect()
    await client.query(`begin; select pg_notify('board', '')`)
    await sleep(50)
    expect(changed).not.toHaveBeenCalled()
    await client.query('commit')
    client.release()
    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce())
  })

  test('that was missed while the line was down is made up for when it is back', async ({
    pool,
  }) => {
    const changed = vi.fn<() => void>()
    await using changes = onBoardChange(pool, changed)
    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce(), { timeout: 5000 })
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query = 'listen board'`)
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), { timeout: 5000 })
    expect(changes.listening()).toBe(true)
  })
})

describe('what is overdue', () => {
  test('is nothing in a quiet town, and each thing that waits when it waits', async ({ pool }) => {
    const town = await buildTown(pool)
    expect(await overdue(pool, NIGHT)).toEqual({
      deadline: null,
      timer: null,
      signal: null,
      delivery: null,
    })
    await town.raise('home-01', 'danger')
    // The first step waits 3 minutes for an answer; its message was due at once.
    const later = await overdue(pool, NIGHT + 5 * MINUTE)
    expect(later).toEqual({
      deadline: null,
      timer: NIGHT + 3 * MINUTE,
      signal: null,
      delivery: NIGHT,
    })
  })
})

describe('the news', () => {
  test('tells what happened in order, each thing once, however it is cut', async ({ pool }) => {
    await busyNight(await buildTown(pool))
    const start = newsFrom(NIGHT - 5 * DAY, 10 * MINUTE)
    const whole = (await newsSince(pool, start, 1000)).news
    const told: News[] = []
    for (let cursor = start; ;) {
      const { news, cursor: next } = await newsSince(pool, cursor, 3)
      if (news.length === 0) break
      told.push(...news)
      cursor = next
    }
    expect(told.map(({ key }) => key)).toEqual(whole.map(({ key }) => key))
    expect(new Set(told.map(({ key }) => key)).size).toBe(told.length)
    expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).toSorted((a, b) => a - b))
  })

  test('says what became of an alert, and by whom', async ({ pool }) => {
    const town = await buildTown(pool)
    const cursor = newsFrom(NIGHT - MINUTE, MINUTE)
    const id = await town.raise('home-01', 'danger')
    await town.send()
    town.clock.set(NIGHT + MINUTE)
    await applyEvent(pool, id, { type: 'acknowledge', by: 'haneul' }, town.clock.now())
    const { news } = await newsSince(pool, cursor, 100)
    expect(news).toMatchObject([
      { type: 'signal', grade: 'danger', alias: '행운동 3호' },
      { type: 'alert', event: { type: 'signal' }, state: { state: 'notifying' }, who: null },
      // By night the duty desk comes first.
      { type: 'delivery', who: '이도윤', channel: 'email', state: 'accepted' },
      {
        type: 'alert',
        event: { type: 'acknowledge' },
        state: { state: 'acknowledged' },
        who: '김하늘',
      },
    ])
  })

  test('that becomes visible late is still told', async ({ pool }) => {
    const town = await buildTown(pool)
    const start = newsFrom(NIGHT - HOUR, 10 * MINUTE)
    await town.raise('home-01', 'danger')
    const { cursor } = await newsSince(pool, start, 100)
    // Its own time is before that of what was already told: its transaction was slow.
    town.clock.set(NIGHT - 2 * MINUTE)
    await town.raise('home-02', 'caution')
    const { news } = await newsSince(pool, cursor, 100)
    expect(news.map(({ alias }) => alias)).toEqual(['청룡동 11호', '청룡동 11호'])
  })
})
