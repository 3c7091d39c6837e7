import { expect } from 'vitest'
import { MINUTE } from '../../services/core/time.ts'
import { beat } from '../../services/store/gateways.ts'
import { openPool } from '../../services/store/pool.ts'
import { metrics } from '../../services/console/metrics.ts'
import { test } from '../database.ts'
import { openDesk } from './desk.ts'
import { busyNight, NIGHT, stillClock } from './town.ts'

/** The samples of a page of metrics, each line by name and labels. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

test('the figures say how many alerts are open, how long nobody has answered, and what became of messages', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  await busyNight(desk.town)
  await pool.query(`update household set purpose = 'exercise' where household = 'home-03'`)
  await pool.query(`update household set purpose = 'canary' where household = 'home-05'`)
  await beat(pool, 'alerts', NIGHT - 40_000)
  await pool.query(`insert into breaker values ('sms', 5, $1)`, [new Date(NIGHT + MINUTE)])
  await pool.query(`insert into channel_fault values ('sms', '401', $1)`, [new Date(NIGHT)])
  await pool.query(
    `insert into person (person, name, role, office) values ('canary', '카나리아', 'technician', 'canary')`,
  )
  const [sent, waits] = ['accepted', 'queued'].map((state) =>
    pool.query(
      `insert into delivery (alert_id, generation, loop, step, times, person, channel, fallback, state, due_at,
         expires_at, message, planned_at)
       select id, 9, 0, 0, 0, 'canary', case when $1 = 'queued' then 'sms' else 'webhook' end, '[]', $1,
         case when $1 = 'queued' then $2::timestamptz end, $2, '{}', $2
       from alert order by id limit 1`,
      [state, new Date(NIGHT)],
    ),
  )
  await Promise.all([sent, waits])
  await pool.query(
    `update delivery set state = 'queued', due_at = $1 where id = (
       select id from delivery where channel = 'email' and state = 'accepted' order by id limit 1)`,
    [new Date(NIGHT)],
  )
  await pool.query(
    `insert into rhythm select id, 'unreadable', now(), '{}' from household order by id limit 1`,
  )
  await pool.query(`insert into setting values ('relearning',
    '{"by": "rhythm-9", "since": 0, "homes": 5, "done": 2, "tier": "mid", "after": 7}')`)
  const answer = await desk.app.request('/metrics')
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  const text = await answer.text()
  const found = samplesOf(text)
  const open = (labels: string) => found.get(`anbu_open_alerts{${labels}}`)
  expect(open('purpose="home",kind="inactivity",grade="danger",state="notifying"')).toBe(1)
  expect(open('purpose="exercise",kind="inactivity",grade="caution",state="notifying"')).toBe(1)
  expect(text).not.toContain('canary')
  // Raised four minutes ago, and nobody has it; that of the exercise and what somebody has are no such wait.
  expect(found.get('anbu_oldest_unanswered_seconds{grade="danger"}')).toBe(240)
  expect(found.has('anbu_oldest_unanswered_seconds{grade="caution"}')).toBe(true)
  expect(found.get('anbu_messages_last_hour{channel="email",state="failed"}')).toBe(1)
  expect(found.get('anbu_messages_waiting{channel="email"}')).toBe(1)
  // The canary's own messages are no message to anybody.
  expect(text).not.toMatch(/anbu_messages\w*\{channel="(webhook|sms)"/)
  expect(found.get('anbu_pulse_age_seconds{service="alerts"}')).toBe(40)
  expect(found.get('anbu_lag_seconds{what="timer"}')).toBeDefined()
  expect(found.get('anbu_channel_fault{channel="sms"}')).toBe(1)
  expect(found.get('anbu_providers_resting')).toBe(1)
  expect(found.get('anbu_rhythms_to_relearn')).toBe(3)
  expect(found.get('anbu_rhythms_unreadable')).toBe(1)
  expect(found.get('anbu_rhythms_newer')).toBe(0)
  // As many were learnt as there were, some twice: while it goes on, some home waits.
  await pool.query(`update setting set value = value || '{"done": 6}' where name = 'relearning'`)
  const again = samplesOf(await (await desk.app.request('/metrics')).text())
  expect(again.get('anbu_rhythms_to_relearn')).toBe(1)
  for (const name of ['행운동', '김하늘', 'home-0', 'haneul']) expect(text).not.toContain(name)
})

test('without a database there are no figures, and that is said', async () => {
  const gone = openPool('postgres://nobody@127.0.0.1:9/nothing')
  expect(await metrics(gone, stillClock(NIGHT))).toBeNull()
  await gone.end()
})
