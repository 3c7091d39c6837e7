import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import type { StaffEvent } from '../../schemas/alert.ts'
import { MINUTE } from '../../services/core/time.ts'
import { command } from '../../services/store/commands.ts'
import { type Office, test } from './office.ts'

async function openAlert(office: Office): Promise<number> {
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

const order = ({ pool, voice, now }: Office, alert: number, event: StaffEvent, key = '') =>
  command(pool, { alert, key: key || randomUUID(), event }, voice, now)

/** kim by webhook, three minutes later park by mail, and both messages have left. */
async function bothTold(office: Office): Promise<number> {
  const alert = await openAlert(office)
  const taken = { webhook: () => accepted(), email: () => accepted() }
  await office.deliver(taken)
  office.now += 3 * MINUTE
  await office.escalate()
  await office.deliver(taken)
  expect(await office.deliveries()).toEqual(['kim webhook accepted', 'park email accepted'])
  return alert
}
const accepted = () => Promise.resolve({ kind: 'accepted', providerId: null } as const)

async function news(office: Office): Promise<string[]> {
  const { rows } = await office.pool.query<{ line: string }>(
    `select concat_ws(' ', purpose, person, channel, state, fallback) as line from delivery
     where purpose in ('taken', 'closed') order by id`,
  )
  return rows.map(({ line }) => line)
}

describe('whoever was told of an alert', () => {
  test('hears once, by the way that reached them, who has it: short, and with nothing asked', async ({
    office,
    receiver,
  }) => {
    const alert = await bothTold(office)
    for (const key of ['pressed', 'pressed'])
      await order(office, alert, { type: 'acknowledge', by: 'park' }, key)
    expect(await news(office)).toEqual(['taken kim webhook queued []'])
    const { message, urgency } = await office.row(
      `select message, urgency from delivery where purpose = 'taken'`,
    )
    expect(message).toMatchObject({
      grade: 'watch',
      news: 'taken',
      todo: '',
      why: 'Made-up park 님이 맡았습니다. 가지 않으셔도 됩니다.',
    })
    // After everything that asks for an answer.
    const most = await office.row(
      `select max(urgency) as most from delivery where purpose = 'page'`,
    )
    expect(Number(urgency)).toBeGreaterThan(Number(most['most']))
    const [{ body }] = await Promise.all([receiver.take(), office.deliver()])
    expect(body).toMatchObject({ type: 'alert.taken' })
    // The owner holds it longer: nobody hears of that.
    office.now += MINUTE
    await order(office, alert, { type: 'acknowledge', by: 'park' })
    await order(office, alert, { type: 'acknowledge', by: 'kim' })
    expect(await news(office)).toHaveLength(1)
  })

  test('and heard of that is not told of the end; who had it and lost it to another is', async ({
    office,
  }) => {
    const alert = await bothTold(office)
    await order(office, alert, { type: 'acknowledge', by: 'park' })
    await office.deliver({ webhook: () => accepted() })
    await order(office, alert, { type: 'take-over', by: 'oh' })
    expect(await news(office)).toEqual([
      'taken kim webhook accepted []',
      'taken park email queued []',
    ])
    await office.deliver({ email: () => accepted() })
    const outcome = { type: 'outcome', by: 'oh', outcome: 'safe', how: 'phone', note: '' } as const
    await order(office, alert, outcome)
    expect(await news(office)).toHaveLength(2)
  })

  test('hears that it is over when somebody closes it whom nobody had waited for', async ({
    office,
  }) => {
    const alert = await bothTold(office)
    const outcome = { type: 'outcome', by: 'oh', outcome: 'safe', how: 'phone', note: '' } as const
    await order(office, alert, outcome)
    expect(await news(office)).toEqual([
      'closed kim webhook queued []',
      'closed park email queued []',
    ])
    await office.deliver({ webhook: () => accepted(), email: () => accepted() })
    expect(await news(office)).toEqual([
      'closed kim webhook accepted []',
      'closed park email accepted []',
    ])
  })

  test('but whose message had not left yet hears nothing at all', async ({ office }) => {
    const alert = await openAlert(office)
    await order(office, alert, { type: 'acknowledge', by: 'park' })
    expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
  })

  test('does not hear of a hand that has lost it meanwhile', async ({ office }) => {
    const alert = await bothTold(office)
    await order(office, alert, { type: 'acknowledge', by: 'park' })
    await order(office, alert, { type: 'decline', by: 'park' })
    await order(office, alert, { type: 'acknowledge', by: 'oh' })
    expect(await news(office)).toEqual([
      'taken kim webhook cancelled []',
      'taken kim webhook queued []',
      'taken park email queued []',
    ])
  })
})

test('a hand-over that was refused is offered to the next, who is told too', async ({ office }) => {
  const alert = await openAlert(office)
  await order(office, alert, { type: 'acknowledge', by: 'kim' })
  const until = office.now + 60 * MINUTE
  await order(office, alert, { type: 'offer', by: 'kim', to: 'park', until })
  await order(office, alert, { type: 'refuse', by: 'park' })
  await order(office, alert, { type: 'offer', by: 'kim', to: 'oh', until })
  expect((await office.deliveries()).slice(1)).toEqual([
    'park email queued',
    'kim webhook queued',
    'oh email queued',
  ])
})
