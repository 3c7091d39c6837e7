import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { LEASE, type Send } from '../../services/alerts/deliver.ts'
import { openAsk } from '../../services/alerts/http.ts'
import { webhookChannel } from '../../services/alerts/webhook.ts'
import { MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { claimDelivery } from '../../services/store/claims.ts'
import { settleDelivery } from '../../services/store/deliveries.ts'
import { addPerson } from '../../services/store/homes.ts'
import { type Office, staff, test } from './office.ts'
import { SECRET } from './receiver.ts'

const acknowledge = { type: 'acknowledge', by: 'oh' } as const

async function openAlert(office: Office): Promise<number> {
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

/** Lets the next steps be told, without sending the first. */
async function climb(office: Office): Promise<void> {
  office.now += 3 * MINUTE
  await office.escalate()
}

describe('a message', () => {
  test('goes to the planner as a signed webhook that says nothing about anybody', async ({
    office,
    receiver,
  }) => {
    const alert = await openAlert(office)
    await office.deliver()
    expect(await receiver.take()).toEqual({
      id: 'delivery_1',
      path: '/kim',
      body: {
        type: 'alert.told',
        timestamp: '2026-03-03T00:00:00.000Z',
        data: { alert, kind: 'inactivity', grade: 'danger', person: 'kim' },
      },
    })
    expect(await office.deliveries()).toEqual(['kim webhook accepted'])
    await office.deliver()
  })

  test('goes to the duty desk by mail, Korean first, with alias, reason, task and link', async ({
    office,
    mailbox,
    receiver,
  }) => {
    const alert = await openAlert(office)
    await climb(office)
    await office.deliver()
    await receiver.take()
    const mail = await mailbox.take()
    expect(mail.to).toBe('park@example.org')
    expect(mail.subject).toBe('[안부] 위험 Danger: 행운동 3호 (행운동)')
    expect(mail.headers).toMatch(/^Message-ID: <delivery_2@office\.example>$/im)
    expect(mail.headers).toMatch(/^Auto-Submitted: auto-generated$/m)
    expect(mail.text).toMatch(/^\[위험\] 행운동 3호 \(행운동\)\n.+\n전화로/)
    expect(mail.text).toContain('[Danger] 행운동 3호 (행운동)')
    expect(mail.text).toContain(`https://anbu.example/console/alerts/${alert}`)
    expect(mail.text).not.toContain('Made-up')
  })

  test('is sent in one run with all others that are due, also when all are for one person', async ({
    office,
  }) => {
    for (let each = 0; each < 20; each++)
      await office.signal(await office.home(`h-${each}`), 'danger')
    await office.escalate()
    await office.deliver({ webhook: () => Promise.resolve({ kind: 'accepted', providerId: null }) })
    expect(await office.row('select distinct state from delivery')).toEqual({ state: 'accepted' })
  })

  test('is sent beside others to the same person, but not so that one who hangs takes every lane', async ({
    office,
  }) => {
    for (let each = 0; each < 9; each++)
      await office.signal(await office.home(`h-${each}`), 'danger')
    await office.escalate()
    let [now, most] = [0, 0]
    const webhook: Send = async () => {
      most = Math.max(most, ++now)
      await sleep(300)
      now -= 1
      return { kind: 'accepted', providerId: null }
    }
    await office.deliver({ webhook })
    expect(most).toBe(4)
  })

  test('is sent once, however many workers deliver at once', async ({
    office,
    mailbox,
    receiver,
  }) => {
    for (let each = 0; each < 6; each++) {
      const home = await office.home(`h-${each}`)
      await office.signal(home, 'danger')
    }
    await office.escalate()
    await climb(office)
    await Promise.all([office.deliver(), office.deliver(), office.deliver()])
    for (let each = 0; each < 6; each++) {
      await receiver.take()
      await mailbox.take()
    }
    expect(await office.row('select min(attempts), max(attempts) from delivery')).toEqual({
      min: 1,
      max: 1,
    })
  })
})

describe('I4 no stale page: after an acknowledgement', () => {
  test('nothing is sent that waited', async ({ office }) => {
    const alert = await openAlert(office)
    await applyEvent(office.pool, alert, acknowledge, office.now)
    await office.deliver()
    expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
  })

  test('nothing is sent that a worker has taken, but not yet handed over', async ({ office }) => {
    const alert = await openAlert(office)
    const { pool } = office
    // Between taking the delivery and looking whether it is still meant.
    const slow = new Proxy(pool, {
      get: (target, name) =>
        name === 'query'
          ? async (text: string, values: unknown[]) => {
              if (text.includes('a.generation = d.generation'))
                await applyEvent(target, alert, acknowledge, office.now)
              return target.query(text, values)
            }
          : Reflect.get(target, name),
    })
    await office.deliver({}, slow)
    expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
  })

  test('nothing is tried again', async ({ office, receiver }) => {
    const alert = await openAlert(office)
    receiver.answer('kim', { status: 503 })
    await office.deliver()
    await receiver.take()
    await applyEvent(office.pool, alert, acknowledge, office.now)
    office.now += MINUTE
    await office.deliver()
    expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
  })
})

describe('when the webhook fails', () => {
  test('for good, the mail goes at once', async ({ office, receiver, mailbox }) => {
    await openAlert(office)
    receiver.answer('kim', { status: 410 })
    await office.deliver()
    await receiver.take()
    expect((await mailbox.take()).to).toBe('kim@example.org')
    expect(await office.deliveries()).toEqual(['kim webhook failed', 'kim email accepted'])
  })

  test('for a while, it is tried again under the same id, and the second time by mail too', async ({
    office,
    receiver,
    mailbox,
  }) => {
    await openAlert(office)
    receiver.answer('kim', { status: 503 })
    await office.deliver()
    const first = await receiver.take()
    // Half of 2 s.
    office.now += 999
    await office.deliver()
    office.now += 1
    await office.deliver()
    expect(await receiver.take()).toEqual(first)
    await mailbox.take()
    receiver.answer('kim', 'ok')
    // Half of 4 s.
    office.now += 2000
    await office.deliver()
    expect(await receiver.take()).toEqual(first)
    expect(await office.deliveries()).toEqual(['kim webhook accepted', 'kim email accepted'])
  })

  test('and asks for time, it has it', async ({ office, receiver }) => {
    await openAlert(office)
    receiver.answer('kim', { status: 429, headers: { 'retry-after': '20' } })
    await office.deliver()
    await receiver.take()
    office.now += 19_999
    await office.deliver()
    receiver.answer('kim', 'ok')
    office.now += 1
    await office.deliver()
    await receiver.take()
    expect(await office.deliveries()).toEqual(['kim webhook accepted'])
  })

  test('without an answer, nobody knows: the mail goes, and it is tried again', async ({
    office,
    receiver,
    mailbox,
  }) => {
    await openAlert(office)
    receiver.answer('kim', 'reset')
    await office.deliver()
    const first = await receiver.take()
    await mailbox.take()
    expect(await office.deliveries()).toEqual(['kim webhook unknown', 'kim email accepted'])
    receiver.answer('kim', 'ok')
    office.now += MINUTE
    await office.deliver()
    expect(await receiver.take()).toEqual(first)
    expect((await office.deliveries())[0]).toBe('kim webhook accepted')
  })

  test('because it is slow, others are told meanwhile', async ({ office, receiver, mailbox }) => {
    await openAlert(office)
    await climb(office)
    receiver.answer('kim', 'slow')
    const done = office.deliver({
      webhook: webhookChannel(SECRET, openAsk({ total: 1000 }), Date.now),
    })
    expect((await mailbox.take()).to).toBe('park@example.org')
    // What is planned while kim's webhook hangs does not wait for it either.
    await climb(office)
    expect((await mailbox.take()).to).toBe('oh@example.org')
    expect((await office.deliveries())[0]).toBe('kim webhook sending')
    await done
    await receiver.take()
    await mailbox.take()
    expect((await office.deliveries())[0]).toBe('kim webhook unknown')
  })

  test('because it is not set up, it says so, and the mail goes', async ({ office, mailbox }) => {
    await openAlert(office)
    await office.deliver({ webhook: null })
    await mailbox.take()
    expect(await office.row(`select error from delivery where channel = 'webhook'`)).toEqual({
      error: 'the channel webhook is not set up',
    })
  })

  test('because the person has none any more, the mail goes', async ({ office, mailbox }) => {
    await openAlert(office)
    await addPerson(office.pool, staff('kim', 'planner'))
    await office.deliver()
    await mailbox.take()
    expect(await office.deliveries()).toEqual(['kim webhook failed', 'kim email accepted'])
  })
})

const broken: Send = () => Promise.reject(new Error('made up'))

describe('a worker that is killed', () => {
  const none: string[] = []

  test('before it could say what became of a message leaves it unknown, and it is sent again', async ({
    office,
    receiver,
    mailbox,
  }) => {
    await openAlert(office)
    await claimDelivery(office.pool, none, office.now + LEASE, office.now)
    office.now += LEASE - 1
    await office.deliver()
    expect(await office.deliveries()).toEqual(['kim webhook sending'])
    office.now += 1
    await office.deliver()
    await mailbox.take()
    expect(await office.deliveries()).toEqual(['kim webhook unknown', 'kim email accepted'])
    office.now += MINUTE
    await office.deliver()
    expect((await receiver.take()).id).toBe('delivery_1')
    expect((await office.deliveries())[0]).toBe('kim webhook accepted')
  })

  test('leaves it unknown, also when somebody acknowledges before it is found', async ({
    office,
  }) => {
    const alert = await openAlert(office)
    await claimDelivery(office.pool, none, office.now + LEASE, office.now)
    await applyEvent(office.pool, alert, acknowledge, office.now)
    office.now += LEASE
    await office.deliver()
    office.now += MINUTE
    await office.deliver()
    expect(await office.deliveries()).toEqual(['kim webhook unknown'])
  })

  test('and was only slow may still say that the message arrived, and nothing else', async ({
    office,
    receiver,
    mailbox,
  }) => {
    await openAlert(office)
    const slow = await claimDelivery(office.pool, none, office.now + LEASE, office.now)
    if (!slow) throw new Error('nothing was due')
    office.now += LEASE
    await office.deliver()
    await mailbox.take()
    const nothing = { provider: null, providerId: null, pollAt: null }
    const base = { ...nothing, due: null, next: null, error: 'late' }
    await settleDelivery(office.pool, slow, { ...base, state: 'failed' }, office.now)
    expect((await office.deliveries())[0]).toBe('kim webhook unknown')
    await settleDelivery(office.pool, slow, { ...base, state: 'accepted' }, office.now)
    expect((await office.deliveries())[0]).toBe('kim webhook accepted')
    office.now += MINUTE
    await office.deliver()
    expect(receiver).toBeDefined()
  })

  test('by a channel that breaks is not what happens: it counts as unknown', async ({
    office,
    mailbox,
  }) => {
    await openAlert(office)
    await office.deliver({ webhook: broken })
    await mailbox.take()
    expect((await office.deliveries())[0]).toBe('kim webhook unknown')
  })
})
