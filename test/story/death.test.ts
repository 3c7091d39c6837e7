import { expect } from 'vitest'
import { PERSONAS } from '../../simulator/persona.ts'
import { ROOMS } from '../../simulator/routine.ts'
import { sensorsOf } from '../../simulator/sensors.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { type Office, test } from '../alerts/office.ts'
import { openWorld } from './world.ts'

const MONDAY = Date.parse('2026-03-02T00:00:00+09:00')
const DEATH = MONDAY + 14 * DAY + 10 * HOUR + 40 * MINUTE

const home = {
  household: 'made-up-home',
  seed: 11,
  timeZone: 'Asia/Seoul',
  persona: PERSONAS.homebody,
  sensors: sensorsOf('gw-story', ROOMS, ['kettle', 'tv', 'fridge']),
  fate: [{ type: 'dies', at: DEATH }] as const,
}

test('fourteen ordinary days trouble nobody; a death is told that afternoon, to one after the other, until somebody goes', async ({
  office,
  url,
}) => {
  const { pool, channels } = office
  await using world = await openWorld({ pool, url, home, channels, now: MONDAY })
  await world.pass(DEATH, 3 * HOUR)
  expect(await office.deliveries()).toEqual([])

  // Nobody answers: the planner by webhook, then the duty desk and the supervisor by mail, and again.
  await world.pass(DEATH + 5 * HOUR, 5 * MINUTE)
  const told = await office.deliveries()
  const firstToldOf = (line: string) => told.indexOf(line)
  expect(firstToldOf('kim webhook accepted')).toBe(0)
  expect(firstToldOf('park email accepted')).toBeGreaterThan(0)
  expect(firstToldOf('oh email accepted')).toBeGreaterThan(firstToldOf('park email accepted'))
  expect(new Set(told).size).toBe(3)
  const signals = await pool.query('select grade, due_at, reason from signal order by id')
  expect(signals.rows.map(({ grade }) => grade)).toEqual(['watch', 'caution'])
  // Of 60 such lives half are told of after 3.7 hours, the middle half after 3.5 to 4.0; this one after 3.9.
  for (const { due_at: due } of signals.rows) {
    expect(due).toBeGreaterThan(DEATH)
    expect(due).toBeLessThan(DEATH + 4 * HOUR)
  }

  // One takes it, and all is quiet for as long as the lease holds.
  const alert = await office.row('select id::int from alert')
  const id = Number(alert['id'])
  expect(await applyEvent(pool, id, { type: 'acknowledge', by: 'kim' }, world.now)).toMatchObject({
    kind: 'done',
    alert: { grade: 'caution', state: { state: 'acknowledged', by: 'kim' } },
  })
  await world.pass(world.now + 9 * MINUTE, 3 * MINUTE)
  expect(await office.deliveries()).toHaveLength(told.length)

  // The lease runs out without a word, and it begins anew; the outcome ends it for good.
  await world.pass(world.now + 115 * MINUTE, 5 * MINUTE)
  const again = await office.deliveries()
  expect(again.slice(told.length)[0]).toBe('kim webhook accepted')
  const found = {
    type: 'outcome',
    by: 'kim',
    outcome: 'found-dead',
    note: '문을 열고 확인',
  } as const
  expect(await applyEvent(pool, id, found, world.now)).toMatchObject({ kind: 'done' })
  const ended = await office.deliveries()
  await world.pass(world.now + 12 * HOUR, 3 * HOUR)
  expect(await office.deliveries()).toEqual(ended)
  expect(await office.row('select state from alert')).toEqual({
    state: expect.objectContaining({ state: 'resolved', by: 'kim', outcome: 'found-dead' }),
  })
  await takeAll(office, ended)
}, 60_000)

/** What the database says was delivered is what really came, and nothing else. */
async function takeAll(
  { receiver, mailbox }: Office,
  deliveries: readonly string[],
): Promise<void> {
  for (const line of deliveries)
    if (line.includes('webhook')) expect((await receiver.take()).path).toBe('/kim')
    else expect((await mailbox.take()).subject).toContain('행운동 3호')
}
