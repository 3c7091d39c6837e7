import { pino } from 'pino'
import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { addPerson } from '../../services/store/homes.ts'
import { lookAtDay } from '../../services/warden/daily.ts'
import { NINE, type Office, staff, test } from './office.ts'

const log = pino({ level: 'silent' })
const look = (office: Office) =>
  lookAtDay({ pool: office.pool, log, timeZone: 'Asia/Seoul' }, office.now)

async function faults(office: Office): Promise<string[]> {
  const { rows } = await office.pool.query<{ line: string }>(
    `select concat_ws(' ', h.purpose, reason ->> 'rule', reason ->> 'band', reason -> 'targets' -> 0 ->> 'type')
       as line
     from signal s join household h on h.id = s.household_id where kind = 'configuration' order by s.id`,
  )
  return rows.map(({ line }) => line)
}

async function closeFaults(office: Office): Promise<void> {
  const { rows } = await office.pool.query<{ id: number }>(
    `select id from alert where kind = 'configuration' and state ->> 'state' <> 'resolved'`,
  )
  for (const { id } of rows) {
    const outcome = { type: 'outcome', by: 'oh', outcome: 'fault', note: '알고 있음' } as const
    await applyEvent(office.pool, id, outcome, office.now)
  }
}

describe('an open case about the set-up', () => {
  test('takes in another fault of the same home, and the same one only once', async ({
    office,
  }) => {
    const home = await office.home('h-1')
    await office.pool.query(`update person set webhook = null, email = null where person = 'kim'`)
    await office.signal(home, 'danger')
    await office.escalate()
    expect(await faults(office)).toEqual(['home empty-step office planner'])
    // The second step is her deputy, desk and neighbours: now nobody of those can be told either.
    await office.pool.query(`update person set email = null where person = 'park'`)
    for (let minutes = 0; minutes < 30; minutes += 3) {
      office.now += 3 * MINUTE
      await office.escalate()
    }
    expect(await faults(office)).toEqual([
      'home empty-step office planner',
      'home empty-step office deputy',
    ])
    const held = await office.row(
      `select count(*) as cases, sum(signals)::int as signals from alert where kind = 'configuration'`,
    )
    expect(held).toEqual({ cases: 1, signals: 2 })
  })

  test('of an empty desk is one for the whole office', async ({ office }) => {
    // Nobody is a technician here.
    for (const name of ['h-1', 'h-2', 'h-3'])
      await office.signal(await office.home(name), 'caution', 'blind')
    await office.escalate()
    expect(await faults(office)).toEqual(['office empty-step office role'])
  })
})

describe('an office without anybody at night', () => {
  test('is told so once, ahead, and not by each case of each night', async ({ office }) => {
    await office.pool.query(`delete from person where person = 'park'`)
    await addPerson(office.pool, staff('han', 'technician'))
    const home = await office.home('h-1')
    expect(await look(office)).toBe(1)
    expect(await faults(office)).toEqual(['office daily-look'])
    const { reason } = await office.row(`select reason from signal where kind = 'configuration'`)
    expect(reason).toMatchObject({
      empty: expect.arrayContaining([{ band: 'night', targets: [{ type: 'duty' }] }]),
    })
    for (let night = 0; night < 3; night++) {
      office.now = NINE + 13 * HOUR + night * DAY
      await office.signal(home, 'danger')
      await office.escalate()
      const { id } = await office.row(
        `select id from alert where kind = 'inactivity' and state ->> 'state' <> 'resolved'`,
      )
      const safe = { type: 'outcome', by: 'kim', outcome: 'safe', note: '' } as const
      await applyEvent(office.pool, Number(id), safe, office.now)
      await closeFaults(office)
      office.now += 11 * HOUR
      expect(await look(office)).toBe(0)
    }
    expect(await faults(office)).toEqual(['office daily-look'])
    office.now += 30 * DAY
    expect(await look(office)).toBe(1)
  })

  test('is told so by the first case of the night where nobody has looked ahead', async ({
    office,
  }) => {
    await office.pool.query(`delete from person where person = 'park'`)
    office.now = NINE + 13 * HOUR
    for (const name of ['h-1', 'h-2']) await office.signal(await office.home(name), 'danger')
    await Promise.all([office.escalate(), office.escalate()])
    await office.escalate()
    expect(await faults(office)).toEqual(['office empty-step night duty'])
    // kim, who comes next, is told at once all the same.
    expect((await office.deliveries()).filter((line) => line.startsWith('kim'))).toHaveLength(2)
  })
})
