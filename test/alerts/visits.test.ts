import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import type { StaffEvent } from '../../schemas/alert.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { command, duress } from '../../services/store/commands.ts'
import { type Office, test } from './office.ts'

async function openAlert(office: Office): Promise<number> {
  await office.signal(await office.home('h-1'), 'warning')
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

function order(office: Office, alert: number, event: StaffEvent) {
  return command(office.pool, { alert, key: randomUUID(), event }, office.voice, office.now)
}

const go = (office: Office, alert: number, companion: string | null = null) =>
  order(office, alert, {
    type: 'start-visit',
    by: 'kim',
    companion,
    until: office.now + 20 * MINUTE,
  })
const closed = { type: 'outcome', by: 'oh', outcome: 'safe', note: '', how: 'phone' } as const

const staffAlert = (office: Office) =>
  office.row(
    `select id, subject, signals, state ->> 'state' as state from alert where kind = 'staff'`,
  )
const staffAlerts = (office: Office) =>
  office.row(`select count(*) from alert where kind = 'staff'`)

describe('a visitor whose case somebody else has closed', () => {
  test('still reports, and is no case', async ({ office }) => {
    const alert = await openAlert(office)
    await go(office, alert)
    await order(office, alert, closed)
    office.now += 15 * MINUTE
    await order(office, alert, { type: 'check-in', by: 'kim', until: office.now + 20 * MINUTE })
    office.now += 10 * MINUTE
    await office.escalate()
    expect(await staffAlerts(office)).toEqual({ count: 0 })
    // Nobody hears of them any more: that is one.
    office.now += 10 * MINUTE
    await office.escalate()
    expect(await staffAlert(office)).toMatchObject({ subject: 'kim' })
  })

  test('still leaves, and is no case', async ({ office }) => {
    const alert = await openAlert(office)
    await go(office, alert, 'park')
    await order(office, alert, closed)
    await order(office, alert, { type: 'leave', by: 'park' })
    office.now += HOUR
    await office.escalate()
    expect(await staffAlerts(office)).toEqual({ count: 0 })
    expect(await office.row('select ended_at is not null as ended from visit')).toEqual({
      ended: true,
    })
  })
})

test('whoever goes there a second time is watched as they were the first time', async ({
  office,
}) => {
  const alert = await openAlert(office)
  await go(office, alert, 'park')
  office.now += 20 * MINUTE
  await office.escalate()
  const first = await staffAlert(office)
  await order(office, Number(first['id']), { ...closed, note: '연락됨' })
  // A lease later the case is told again; kim takes it once more, and goes once more, alone.
  office.now += HOUR
  await office.escalate()
  expect((await go(office, alert)).kind).toBe('done')
  office.now += 20 * MINUTE
  await office.escalate()
  expect(await office.row(`select count(*) from alert where kind = 'staff'`)).toEqual({ count: 2 })
  expect(await office.row('select companion from visit')).toEqual({ companion: null })
})

test('a silent call for help is told anew to who thinks that a visitor only forgot to report', async ({
  office,
}) => {
  const alert = await openAlert(office)
  await go(office, alert)
  office.now += 20 * MINUTE
  await office.escalate()
  const { id } = await staffAlert(office)
  await order(office, Number(id), { type: 'acknowledge', by: 'oh' })
  const told = () =>
    office.row(
      `select jsonb_agg(distinct person) as people from delivery where alert_id = $1 and message ->> 'text' like '%112%'`,
      [id],
    )
  expect(await told()).toEqual({ people: null })
  for (const key of ['1', '2']) {
    await duress(office.pool, { alert, key, by: 'kim' }, office.now)
    await office.escalate()
  }
  expect(await told()).toEqual({ people: ['oh', 'park'] })
  // Once is enough: who calls twice does not ring twice.
  expect(
    await office.row(`select count(*) from telling where alert_id = $1 and purpose = 'raised'`, [
      id,
    ]),
  ).toEqual({ count: 1 })
  expect(await staffAlert(office)).toMatchObject({ state: 'notifying', signals: 3 })
})

describe('a silent call for help rings at nobody who is there', () => {
  const told = `select jsonb_agg(distinct person) as people from delivery d
    join alert a on a.id = d.alert_id where kind = 'staff' and d.id > $1`

  test('when whoever went along calls, and the visitor is a case already', async ({ office }) => {
    const alert = await openAlert(office)
    await go(office, alert, 'park')
    office.now += 20 * MINUTE
    await office.escalate()
    const { last } = await office.row('select max(id) as last from delivery')
    await duress(office.pool, { alert, key: '1', by: 'park' }, office.now)
    await office.escalate()
    expect(await office.row(told, [last])).toEqual({ people: ['oh'] })
    // Nor do they hear who sees to it.
    const { id } = await staffAlert(office)
    await order(office, Number(id), { type: 'acknowledge', by: 'oh' })
    expect(await office.row(told, [last])).toEqual({ people: ['oh'] })
  })

  test('when whoever went along calls at once', async ({ office }) => {
    const alert = await openAlert(office)
    await go(office, alert, 'park')
    await duress(office.pool, { alert, key: '1', by: 'park' }, office.now)
    await office.escalate()
    expect(await office.row(told, [0])).toEqual({ people: ['oh'] })
  })
})
