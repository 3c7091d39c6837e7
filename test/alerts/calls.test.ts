import { describe, expect } from 'vitest'
import { MINUTE } from '../../services/core/time.ts'
import { addPerson } from '../../services/store/homes.ts'
import { instant } from '../../services/store/pool.ts'
import { NINE, type Office, staff, test } from './office.ts'

async function told(office: Office): Promise<string[]> {
  const { rows } = await office.pool.query<{ line: string }>(
    `select concat_ws(' ', (extract(epoch from planned_at) - $1) / 60, person, channel) as line from delivery
     order by id`,
    [NINE / 1000],
  )
  return rows.map(({ line }) => line.replace(/\.0+ /, ' '))
}

async function pass(office: Office, minutes: number): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    office.now += MINUTE
    await office.escalate()
  }
}

describe('an emergency button', () => {
  test('is danger: who is near is told with the second step, everybody within 4 minutes, and twice', async ({
    office,
  }) => {
    const home = await office.home('h-1')
    await addPerson(office.pool, staff('nam', 'neighbour'))
    await office.pool.query(
      `insert into assignment (household_id, person, duty, since, consented_at)
       values ($1, 'nam', 'neighbour', 'epoch', 'epoch')`,
      [home],
    )
    office.asks = true
    await office.signal(home, 'danger', 'sos')
    await office.escalate()
    await pass(office, 8)
    // Nobody rings back first who pressed a button; then every 2 minutes: planner, desk and neighbour, supervisor.
    expect(await told(office)).toEqual([
      '0 kim webhook',
      '2 park email',
      '2 nam email',
      '4 oh email',
      '6 kim webhook',
      '8 park email',
      '8 nam email',
    ])
    const { message, urgency } = await office.row(
      'select message, urgency from delivery order by id limit 1',
    )
    expect(urgency).toBe(0)
    expect(message).toMatchObject({
      kind: 'sos',
      grade: 'danger',
      what: '비상 버튼',
      why: '3월 3일 09:00에 bed room의 비상 버튼이 눌렸습니다.',
      sms: '[안부] 비상 버튼 행운동 3호(행운동). 안부 앱에서 확인해 주세요. #1',
    })
  })

  test('pressed again is the same case, and counted; beside a silence it is a case of its own', async ({
    office,
  }) => {
    const home = await office.home('h-1')
    await office.signal(home, 'danger')
    for (let presses = 0; presses < 3; presses++) {
      await office.signal(home, 'danger', 'sos')
      await office.escalate()
    }
    const { cases } = await office.row(`select jsonb_object_agg(kind, signals) as cases from alert`)
    expect(cases).toEqual({ inactivity: 1, sos: 3 })
  })
})

describe('a door that stands open', () => {
  test('is told by the plan of doors; once it is shut, a person still makes sure', async ({
    office,
  }) => {
    const home = await office.home('h-1')
    await office.signal(home, 'caution', 'door')
    await office.escalate()
    await pass(office, 10)
    expect(await told(office)).toEqual(['0 kim webhook', '10 park email'])
    const { message } = await office.row('select message from delivery order by id limit 1')
    expect(message).toMatchObject({ kind: 'door', what: '문 열림' })
    await office.pool.query(
      `insert into returned (household_id, kind, at) values ($1, 'door', $2)`,
      [home, instant(office.now)],
    )
    await pass(office, 1)
    const until = office.now + 120 * MINUTE
    expect(await office.row('select state from alert')).toEqual({
      state: { state: 'recovered', by: null, until },
    })
    // Open again, and for as long: nobody waits for the confirmation.
    office.now += 90 * MINUTE
    await office.signal(home, 'caution', 'door')
    expect(await office.escalate()).toBe(1)
  })
})
