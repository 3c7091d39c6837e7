import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, vi } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import {
  boardAlerts,
  boardHomes,
  onBoardChange,
  pipelineUnseenSince,
} from '../../services/store/board.ts'
import { overdue } from '../../services/store/lateness.ts'
import { type News, newsFrom, newsSince } from '../../services/store/news.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { instant } from '../../services/store/pool.ts'
import { buildTown, busyNight, NIGHT } from '../console/town.ts'
import { test } from '../database.ts'

describe('the board', () => {
  test('shows every home that nobody can watch, and until when an absence is believed', async ({
    pool,
  }) => {
    await busyNight(await buildTown(pool))
    const homes = new Map((await boardHomes(pool, NIGHT)).map((home) => [home.household, home]))
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
    const alerts = await boardAlerts(pool, 'nobody')
    expect(alerts[0]).toMatchObject({ id: ids['danger'], messages: { accepted: 1, failed: 1 } })
    expect(alerts.map(({ id }) => id)).not.toContain(ids['past'])
    expect(alerts).toHaveLength(6)
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
