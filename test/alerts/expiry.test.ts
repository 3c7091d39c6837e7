import { describe, expect } from 'vitest'
import type { Send } from '../../services/alerts/deliver.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { claimDelivery } from '../../services/store/claims.ts'
import { settleDelivery } from '../../services/store/deliveries.ts'
import { type Office, test } from './office.ts'

/** Nobody answers and nothing leaves for so long, while every timer runs. */
async function nothingLeaves(office: Office, long: number): Promise<void> {
  for (const end = office.now + long; office.now < end; office.now += MINUTE)
    await office.escalate()
}

function counter(): { readonly told: string[]; readonly send: Send } {
  const told: string[] = []
  const send: Send = (_, to) => {
    told.push(`${to.person} ${to.ttl}`)
    return Promise.resolve({ kind: 'accepted', providerId: null })
  }
  return { told, send }
}

/** Kim's webhook leaves nobody knows how, so that the mail is opened, and then it is taken after all. */
async function mailIsOpened(office: Office): Promise<void> {
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  const nothing = { provider: null, providerId: null, pollAt: null, error: null }
  const first = await claimDelivery(office.pool, [], office.now + MINUTE, office.now)
  if (!first) throw new Error('nothing was due')
  const due = office.now + 1000
  const unknown = { ...nothing, state: 'unknown', due, next: office.now } as const
  await settleDelivery(office.pool, first, unknown, office.now)
  const accepted = { ...nothing, state: 'accepted', due: null, next: null } as const
  await settleDelivery(office.pool, first, accepted, office.now)
  expect(await office.deliveries()).toEqual(['kim webhook accepted', 'kim email queued'])
}

describe('messages that could not leave for two hours', () => {
  test('are one to each person when they can: repeats of a telling end as expired, and say so', async ({
    office,
  }) => {
    await office.signal(await office.home('h-1'), 'danger')
    await nothingLeaves(office, 2 * HOUR)
    const { planned } = await office.row('select count(*) as planned from delivery')
    expect(Number(planned)).toBeGreaterThan(20)
    const { told, send } = counter()
    await office.deliver({ webhook: send, email: send })
    expect(told.map((each) => each.split(' ')[0] ?? '').toSorted()).toEqual(['kim', 'oh', 'park'])
    const states = Object.groupBy(await office.deliveries(), (line) => line.split(' ')[2] ?? '')
    expect(states['accepted']).toHaveLength(3)
    expect(states['expired']).toHaveLength(Number(planned) - 3)
    expect(await office.row(`select distinct error from delivery where state = 'expired'`)).toEqual(
      {
        error: 'an earlier message of the same alert had not left yet, and stands for this one',
      },
    )
    await office.deliver({ webhook: send, email: send })
    expect(told).toHaveLength(3)
  })

  test('have as much time as the last of those they stand for', async ({ office }) => {
    await office.signal(await office.home('h-1'), 'danger')
    await nothingLeaves(office, 2 * HOUR)
    const { told, send } = counter()
    const { due } = await office.row('select due_at as due from alert')
    await office.deliver({ webhook: send, email: send })
    // The supervisor is told again and again: until the next time. The others' time is long over; they still hear of it.
    expect(told).toContain(`oh ${Number(due) - office.now}`)
    expect(told).toContain(`park ${MINUTE}`)
  })
})

describe('a message whose time is over', () => {
  test('is not sent to who has heard of the alert by another way', async ({ office }) => {
    await mailIsOpened(office)
    office.now += 3 * MINUTE
    await office.deliver()
    expect(await office.deliveries()).toEqual(['kim webhook accepted', 'kim email expired'])
    expect(await office.row(`select error from delivery where channel = 'email'`)).toEqual({
      error: 'its time was over, and its reader has heard of the alert by another message',
    })
  })

  test('is sent to who has heard of it only by a way that would have said that it arrived', async ({
    office,
    mailbox,
  }) => {
    await mailIsOpened(office)
    await office.pool.query(`update delivery set channel = 'sms' where channel = 'webhook'`)
    office.now += 3 * MINUTE
    await office.deliver()
    expect((await mailbox.take()).to).toBe('kim@example.org')
    expect((await office.deliveries())[1]).toBe('kim email accepted')
  })

  test('in time is sent all the same', async ({ office, mailbox }) => {
    await mailIsOpened(office)
    office.now += 3 * MINUTE - 1
    await office.deliver()
    await mailbox.take()
  })
})
