import { expect } from 'vitest'
import type { Send } from '../../services/alerts/deliver.ts'
import { metrics } from '../../services/console/metrics.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { command } from '../../services/store/commands.ts'
import { beat } from '../../services/store/gateways.ts'
import { addPerson } from '../../services/store/homes.ts'
import { openPool } from '../../services/store/pool.ts'
import { type Office, staff, test } from './office.ts'

/** The figures as a process reads them that has just begun: whatever they say was kept. */
async function look({ now }: Office, url: string): Promise<Map<string, number>> {
  const pool = openPool(url)
  const clock = { now: () => now, speed: 1, after: () => Promise.reject(new Error('unused')) }
  const text = (await metrics(pool, clock)) ?? ''
  await pool.end()
  const lines = text.split('\n').filter((line) => line.startsWith('anbu_'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice('anbu_'.length, at), Number(line.slice(at + 1))]
    }),
  )
}

const SECOND = 1000
const taken: Send = () => Promise.resolve({ kind: 'accepted', providerId: null })
const gone: Send = () =>
  Promise.resolve({ kind: 'permanent', detail: 'no such address', fault: 'address' })
const unset: Send = () => Promise.resolve({ kind: 'permanent', detail: '401', fault: 'channel' })
const busy: Send = () => Promise.resolve({ kind: 'temporary', detail: '503' })

test('the ages of what waits rise until it is done: a signal, a timer, a message', async ({
  office,
  url,
}) => {
  const ages = async () => {
    const found = await look(office, url)
    return ['signal', 'timer', 'delivery'].map((what) => found.get(`lag_seconds{what="${what}"}`))
  }
  await office.signal(await office.home('h-1'), 'danger')
  office.now += 30 * SECOND
  expect(await ages()).toEqual([30, 0, 0])
  await office.escalate()
  office.now += 40 * SECOND
  expect(await ages()).toEqual([0, 0, 40])
  await office.deliver({ webhook: taken, email: taken })
  expect(await ages()).toEqual([0, 0, 0])
  // By day danger goes on to the next step after three minutes: nobody has swept for ten.
  office.now += 10 * MINUTE - 40 * SECOND
  expect(await ages()).toEqual([0, 7 * 60, 0])
  await beat(office.pool, 'alerts', office.now - 25 * SECOND)
  expect((await look(office, url)).get('pulse_age_seconds{service="alerts"}')).toBe(25)
})

test('the oldest alert that nobody answers is told of, whatever exercises wait, until somebody has it', async ({
  office,
  url,
}) => {
  const oldest = async () =>
    (await look(office, url)).get('oldest_unanswered_seconds{grade="danger"}')
  const open = async () =>
    (await look(office, url)).get(
      'open_alerts{purpose="home",kind="inactivity",grade="danger",state="notifying"}',
    )
  await office.signal(await office.home('h-2'), 'danger')
  await office.escalate()
  await office.pool.query(`update household set purpose = 'exercise'`)
  office.now += HOUR
  expect(await oldest()).toBeUndefined()
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  office.now += 2 * MINUTE
  expect([await oldest(), await open()]).toEqual([120, 1])

  const { id } = await office.row(
    `select a.id from alert a join household h on h.id = a.household_id where h.household = 'h-1'`,
  )
  const event = { type: 'acknowledge', by: 'kim' } as const
  await command(office.pool, { alert: Number(id), key: 'k', event }, office.voice, office.now)
  expect([await oldest(), await open()]).toEqual([undefined, undefined])
  // Who had it says nothing any more: it has waited since it was opened.
  office.now += HOUR
  await office.escalate()
  expect(await oldest()).toBe(62 * 60)
})

test('a dead address is told of, by whichever process, until there is another', async ({
  office,
  url,
}) => {
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  const waiting = 'messages_waiting{channel="webhook"}'
  expect((await look(office, url)).get(waiting)).toBe(1)
  await office.deliver({ webhook: gone, email: taken })
  const found = await look(office, url)
  expect(found.get(waiting)).toBeUndefined()
  expect(found.get('messages_last_hour{channel="webhook",state="failed"}')).toBe(1)
  // The next way of the same person took it.
  expect(found.get('messages_last_hour{channel="email",state="accepted"}')).toBe(1)
  const dead = async () => (await look(office, url)).get('dead_addresses{channel="webhook"}')
  expect(await dead()).toBe(1)
  office.now += 2 * HOUR
  expect(await dead()).toBe(1)
  await addPerson(
    office.pool,
    staff('kim', 'planner', { webhook: 'https://elsewhere.example/kim' }),
  )
  expect(await dead()).toBeUndefined()
})

test('a channel that reaches nobody, and a provider that is left alone, are told of until they work again', async ({
  office,
  url,
}) => {
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  await office.deliver({ webhook: unset, email: taken })
  const fault = async () => (await look(office, url)).get('channel_fault{channel="webhook"}')
  expect(await fault()).toBe(1)

  const resting = async () => (await look(office, url)).get('providers_resting')
  expect(await resting()).toBe(0)
  for (let home = 2; home <= 12; home++)
    await office.signal(await office.home(`h-${home}`), 'danger')
  await office.escalate()
  await office.deliver({ webhook: busy, email: taken })
  expect(await resting()).toBe(1)
  office.now += 10 * MINUTE
  expect(await resting()).toBe(0)
  await office.deliver({ webhook: taken, email: taken })
  expect([await resting(), await fault()]).toEqual([0, undefined])
})
