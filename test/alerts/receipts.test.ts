import fc from 'fast-check'
import { describe, expect } from 'vitest'
import type { Channel } from '../../schemas/channel.ts'
import type { Send } from '../../services/alerts/deliver.ts'
import { askProviders, type Poll } from '../../services/alerts/poll.ts'
import type { Receipt, Status } from '../../services/core/delivery.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { addPerson, addPlan } from '../../services/store/homes.ts'
import { takeReceipts } from '../../services/store/receipts.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { type Office, staff, test } from './office.ts'

const SECOND = 1000
const ORDER: Channel[] = ['slack', 'alimtalk', 'sms', 'email']

/** A danger of which kim is told by AlimTalk, then by text message, then by mail. */
async function openAlert(office: Office, channels: Channel[] = ['alimtalk', 'sms', 'email']) {
  const { danger } = STANDARD_PLAN.inactivity
  const steps = danger.steps.map((step) => ({ ...step, channels }))
  const plan = { ...STANDARD_PLAN, version: 900, inactivity: { ...STANDARD_PLAN.inactivity } }
  await addPlan(office.pool, {
    ...plan,
    inactivity: { ...plan.inactivity, danger: { ...danger, steps } },
  })
  const slack = 'https://hooks.example/T/B/X'
  await addPerson(office.pool, staff('kim', 'planner', { phone: '01000000000', slack }))
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

/** Takes everything, under the name m-1, m-2 ... */
function taker(pollAfter?: number): Send {
  let taken = 0
  return () =>
    Promise.resolve({
      kind: 'accepted',
      provider: 'made-up',
      providerId: `m-${++taken}`,
      ...(pollAfter !== undefined && { pollAfter }),
    })
}

function receipt(status: Status, rest: Partial<Receipt> = {}): Receipt {
  return { provider: 'made-up', providerId: 'm-1', delivery: null, status, detail: null, ...rest }
}

const mailed: Send = () => Promise.resolve({ kind: 'accepted', providerId: null })

function dead(fault: 'channel' | 'address'): Send {
  return () => Promise.resolve({ kind: 'permanent', detail: 'made-up 401', fault })
}

const nobodyWaits = () => Promise.reject(new Error('nobody waits'))

function asking(office: Office, poll: Poll): Promise<void> {
  const clock = { now: () => office.now, speed: 1, after: nobodyWaits }
  return askProviders({ pool: office.pool, polls: { 'made-up': poll }, clock, log: office.log })
}

describe('a message that was taken', () => {
  test('and does not arrive in time goes by the next channel of the same person, and so on', async ({
    office,
  }) => {
    await openAlert(office)
    const ways = { alimtalk: taker(), sms: taker(), email: mailed }
    await office.deliver(ways)
    office.now += 30 * SECOND - 1
    await office.deliver(ways)
    expect(await office.deliveries()).toEqual(['kim alimtalk accepted'])
    office.now += 1
    await office.deliver(ways)
    office.now += 60 * SECOND
    await office.deliver(ways)
    expect(await office.deliveries()).toEqual([
      'kim alimtalk accepted',
      'kim sms accepted',
      'kim email accepted',
    ])
    office.now += HOUR
    await office.deliver(ways)
    expect(await office.deliveries()).toHaveLength(3)
  })

  test('and arrived in time goes by no other', async ({ office }) => {
    await openAlert(office)
    const ways = { alimtalk: taker(), sms: taker() }
    await office.deliver(ways)
    await takeReceipts(office.pool, [receipt('delivered')], office.now)
    office.now += HOUR
    await office.deliver(ways)
    expect(await office.deliveries()).toEqual(['kim alimtalk delivered'])
    expect(
      await office.row('select channel, address, succeeded_at is null as never from contact'),
    ).toEqual({
      channel: 'alimtalk',
      address: '01000000000',
      never: false,
    })
  })

  test('and of which somebody has taken the alert goes by no other', async ({ office }) => {
    const alert = await openAlert(office)
    const ways = { alimtalk: taker(), sms: taker() }
    await office.deliver(ways)
    await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'oh' }, office.now)
    office.now += MINUTE
    await office.deliver(ways)
    expect(await office.deliveries()).toEqual(['kim alimtalk accepted'])
  })

  test('and cannot arrive goes by the next at once', async ({ office }) => {
    await openAlert(office)
    const ways = { alimtalk: taker(), sms: taker() }
    await office.deliver(ways)
    const detail = 'no KakaoTalk at this number'
    await takeReceipts(office.pool, [receipt('failed', { detail })], office.now)
    await office.deliver(ways)
    expect(await office.deliveries()).toEqual(['kim alimtalk failed', 'kim sms accepted'])
    expect(await office.row('select error from delivery where channel = $1', ['alimtalk'])).toEqual(
      {
        error: detail,
      },
    )
  })

  test('up on a wall has reached nobody: the next goes at once', async ({ office }) => {
    await openAlert(office, ORDER)
    const ways = { slack: taker(), alimtalk: taker(), sms: taker() }
    await office.deliver(ways)
    expect(await office.deliveries()).toEqual(['kim slack accepted', 'kim alimtalk accepted'])
  })
})

describe('a receipt', () => {
  test('that overtakes the answer to its request is not lost', async ({ office }) => {
    await openAlert(office)
    await takeReceipts(office.pool, [receipt('delivered')], office.now)
    await office.deliver({ alimtalk: taker() })
    expect(await office.deliveries()).toEqual(['kim alimtalk delivered'])
  })

  test('that comes by our own name while the request is under way stays true', async ({
    office,
  }) => {
    await openAlert(office)
    const alimtalk: Send = async (_message, _to, delivery) => {
      await takeReceipts(office.pool, [receipt('delivered', { delivery })], office.now)
      return { kind: 'accepted', provider: 'made-up', providerId: 'm-1' }
    }
    await office.deliver({ alimtalk })
    await takeReceipts(office.pool, [receipt('read')], office.now)
    expect(await office.deliveries()).toEqual(['kim alimtalk read'])
  })

  test('I12: for all orders, lateness and repetition ends where the best news says (recorded, not applied backward)', async ({
    office,
  }) => {
    await openAlert(office)
    await office.deliver({ alimtalk: taker() })
    const any = fc.constantFrom<Status>('accepted', 'delivered', 'read', 'failed')
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 8 }), async (statuses) => {
        await office.pool.query(`update delivery set state = 'accepted'; delete from receipt`)
        for (const status of statuses)
          await takeReceipts(office.pool, [receipt(status)], office.now)
        const best = (['read', 'delivered', 'failed'] as const).find((one) =>
          statuses.includes(one),
        )
        const { state } = await office.row(`select state from delivery where channel = 'alimtalk'`)
        expect(state).toBe(best ?? 'accepted')
        const { heard } = await office.row('select sum(times)::int as heard from receipt')
        expect(heard).toBe(statuses.length)
      }),
      { numRuns: 25 },
    )
  })

  test('of nothing that we know is kept, and harms nobody', async ({ office }) => {
    const strange = receipt('read', { delivery: 'delivery_999', providerId: 'x' })
    expect(await takeReceipts(office.pool, [strange, receipt('delivered')], office.now)).toBe(0)
    expect(await office.row('select count(*) from receipt')).toEqual({ count: 2 })
  })
})

describe('a provider that tells nothing by itself', () => {
  test('is asked after 2 s and then ever more slowly until it knows', async ({ office }) => {
    await openAlert(office)
    await office.deliver({ alimtalk: taker(2000) })
    const asked: number[] = []
    const began = office.now
    const poll: Poll = (id) => {
      expect(id).toBe('m-1')
      asked.push((office.now - began) / SECOND)
      return Promise.resolve(asked.length < 4 ? null : { status: 'delivered', detail: null })
    }
    for (; office.now < began + 20 * SECOND; office.now += SECOND) await asking(office, poll)
    expect(asked).toEqual([2, 4, 6, 9])
    expect(await office.deliveries()).toEqual(['kim alimtalk delivered'])
  })

  test('and does not answer is asked again', async ({ office }) => {
    await openAlert(office)
    await office.deliver({ alimtalk: taker(2000) })
    office.now += 2 * SECOND
    let tries = 0
    const poll: Poll = () => Promise.reject(new Error(`made up ${++tries}`))
    await asking(office, poll)
    office.now += 2 * SECOND
    await asking(office, poll)
    expect(tries).toBe(2)
    expect(await office.deliveries()).toEqual(['kim alimtalk accepted'])
  })
})

describe('a set-up under which nothing can arrive', () => {
  const cases = `select count(*) from signal where kind = 'configuration'`

  test('becomes a case the first time, and again after it was mended', async ({ office }) => {
    await openAlert(office)
    await office.deliver({ alimtalk: dead('channel'), sms: taker() })
    expect(await office.row(`select reason from signal where kind = 'configuration'`)).toEqual({
      reason: { rule: 'dead-channel', channel: 'alimtalk', person: null, detail: 'made-up 401' },
    })
    expect(await office.deliveries()).toEqual(['kim alimtalk failed', 'kim sms accepted'])
    const again = async (alimtalk: Send) => {
      await office.pool.query(
        `update delivery set state = 'queued', due_at = planned_at where channel = 'alimtalk'`,
      )
      await office.deliver({ alimtalk, sms: taker() })
    }
    await again(dead('channel'))
    expect(await office.row(cases)).toEqual({ count: 1 })
    await again(taker())
    expect(await office.row('select count(*) from channel_fault')).toEqual({ count: 0 })
    await again(dead('channel'))
    expect(await office.row(cases)).toEqual({ count: 2 })
  })

  test('becomes a case again when somebody closed it, and it still is not mended', async ({
    office,
  }) => {
    await openAlert(office)
    const fail = async () => {
      await office.pool.query(
        `update delivery set state = 'queued', due_at = planned_at where channel = 'alimtalk'`,
      )
      await office.deliver({ alimtalk: dead('channel'), sms: taker(), email: taker() })
    }
    await fail()
    // Both before it is taken and while its case is open it is one.
    await fail()
    await office.escalate()
    await fail()
    expect(await office.row(cases)).toEqual({ count: 1 })
    const { id } = await office.row(`select id from alert where kind = 'configuration'`)
    const closed = { type: 'outcome', by: 'oh', outcome: 'fault', note: '' } as const
    await applyEvent(office.pool, Number(id), closed, office.now)
    await fail()
    expect(await office.row(cases)).toEqual({ count: 2 })
  })

  test('names the person whose address does not exist, until they have another', async ({
    office,
  }) => {
    await openAlert(office)
    await office.deliver({ alimtalk: taker(), sms: taker() })
    const gone = receipt('failed', { detail: 'no such number', fault: 'address' })
    await takeReceipts(office.pool, [gone], office.now)
    expect(await office.row(`select reason from signal where kind = 'configuration'`)).toEqual({
      reason: {
        rule: 'dead-channel',
        channel: 'alimtalk',
        person: 'kim',
        detail: 'no such number',
      },
    })
    expect(await office.row('select failure from contact')).toEqual({ failure: 'no such number' })
  })
})

test('a provider that fails five times in a row is left alone, and others go at once instead', async ({
  office,
}) => {
  await openAlert(office)
  let asked = 0
  const alimtalk: Send = () => {
    asked += 1
    return Promise.resolve({ kind: 'temporary', detail: 'made-up 503' })
  }
  for (let home = 2; home <= 20; home++)
    await office.signal(await office.home(`h-${home}`), 'danger')
  await office.escalate()
  await office.deliver({ alimtalk, sms: taker(), email: taker() })
  // Three more were on their way when the fifth failed; the others went by text message without asking.
  expect(asked).toBeGreaterThanOrEqual(5)
  expect(asked).toBeLessThanOrEqual(8)
  const states = await office.deliveries()
  expect(states.filter((line) => line === 'kim sms accepted')).toHaveLength(20 - asked)
  expect(states.filter((line) => line === 'kim alimtalk retrying')).toHaveLength(20)
  // To be left alone is no try: they still have both of theirs.
  expect(
    await office.row(`select sum(attempts)::int as tries from delivery where channel = 'alimtalk'`),
  ).toEqual({ tries: asked })
  // Whoever sends next knows of it too, and does not begin with five anew.
  const before = asked
  await office.deliver({ alimtalk, sms: taker(), email: taker() })
  expect(asked).toBe(before)
  office.now += 30 * SECOND
  await office.deliver({ alimtalk, sms: taker(), email: taker() })
  expect(asked).toBeLessThanOrEqual(before + 4)
  expect(asked).toBeGreaterThan(before)
  office.now += 30 * SECOND
  await office.deliver({ alimtalk: taker(), sms: taker(), email: taker() })
  expect(await office.row('select count(*) from breaker')).toEqual({ count: 0 })
  expect(await office.deliveries()).not.toContain('kim alimtalk retrying')
})
