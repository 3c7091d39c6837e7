import { expect } from 'vitest'
import { sentence } from '../../services/core/sentence.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { homeOf } from '../../simulator/homes.ts'
import { Reason } from '../../schemas/signal.ts'
import { type Office, test } from '../alerts/office.ts'
import { openWorld } from './world.ts'

// Tuesday, 3 November 2026, in the middle of its day.
const NOON = Date.parse('2026-11-03T12:00:00+09:00')
const PRESSED = NOON + 9 * HOUR
const OPENED = NOON + DAY + 13.5 * HOUR

const quiet = { visits: [], illnesses: 0, trips: 0 } as const
const made = homeOf({
  seed: 4,
  number: 1,
  persona: 'tidyRoutine',
  kit: 'full',
  fate: [
    { type: 'calls', at: PRESSED },
    { type: 'left-open', uid: 'door-exit', from: OPENED, to: OPENED + 2 * HOUR },
  ],
})
const home = { ...made, persona: { ...made.persona, ...quiet } }

test('a button pressed in the evening and a door that is open at night are told by the plan, each by its own ladder', async ({
  office,
  url,
}) => {
  const { pool, channels } = office
  await using world = await openWorld({ pool, url, home, channels, now: NOON })
  await world.pass(PRESSED - MINUTE, HOUR)
  expect(await office.deliveries()).toEqual([])
  await world.pass(PRESSED + 5 * MINUTE, MINUTE)
  // At nine in the evening the duty desk comes first, two minutes later the planner, then the supervisor.
  expect(await order(office)).toEqual(['park', 'kim', 'oh'])
  expect(await reasons(office, 'sos')).toEqual([
    '11월 3일 21:00에 침실의 비상 버튼이 눌렸습니다.',
    'The emergency button in 침실 was pressed on 3 November at 21:00.',
  ])
  await takeAll(office)
  await pool.query(`update alert set due_at = null`)

  await world.pass(OPENED, HOUR)
  await world.pass(OPENED + 45 * MINUTE, 5 * MINUTE)
  expect(await reasons(office, 'door')).toEqual([
    '현관 문이 11월 5일 01:30부터 열려 있습니다. 이 시간대에 열어 두는 한도는 20분입니다.',
    'The door in 현관 has stood open since 5 November at 01:30. At this hour it may for 20 min.',
  ])
  expect((await order(office))[0]).toBe('park')
  await world.pass(OPENED + 3 * HOUR, 15 * MINUTE)
  const { rows } = await pool.query(
    `select state ->> 'state' as state from alert where kind = 'door'`,
  )
  expect(rows).toEqual([{ state: 'recovered' }])
  await takeAll(office)
}, 60_000)

/** Takes what was really sent, all that is said to be, and forgets it. */
async function takeAll(office: Office): Promise<void> {
  const { pool, receiver, mailbox } = office
  for (const line of await office.deliveries())
    if (line.includes('webhook')) await receiver.take()
    else await mailbox.take()
  await pool.query('delete from delivery')
}

/** Who was told, in the order in which each first was. */
async function order(office: Office): Promise<string[]> {
  const told = await office.deliveries()
  return [...new Set(told.map((line) => line.split(' ')[0] ?? ''))]
}

async function reasons(office: Office, kind: string): Promise<string[]> {
  const row = await office.row('select reason from signal where kind = $1', [kind])
  const reason = Reason.parse(row['reason'])
  return [sentence(reason, 'ko', 'Asia/Seoul'), sentence(reason, 'en', 'Asia/Seoul')]
}
