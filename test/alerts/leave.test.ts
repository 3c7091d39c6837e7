import { expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { addLeave, setDeputy } from '../../services/store/leave.ts'
import { command } from '../../services/store/commands.ts'
import { type Office, test } from './office.ts'

async function openAlert(office: Office): Promise<number> {
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

async function goOnLeave(office: Office, since: number): Promise<void> {
  const leave = { person: 'kim', since, until: since + DAY, deputy: null, reason: '병가' }
  await addLeave(office.pool, leave, 'kim', office.now)
}

test('a leave that begins gives what somebody has in hand to the next, at once and once', async ({
  office,
}) => {
  const alert = await openAlert(office)
  await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'kim' }, office.now)
  await setDeputy(office.pool, { person: 'kim', deputy: 'park' }, null, office.now)
  await goOnLeave(office, office.now + HOUR)
  office.now += MINUTE
  expect(await office.escalate()).toBe(0)
  office.now += HOUR
  await office.pool.query('update alert set due_at = null')
  expect(await office.escalate()).toBe(1)
  const told = await office.deliveries()
  // The deputy in kim's place, and the supervisor, who hears of what was lost.
  expect(told.slice(1).toSorted()).toEqual(['oh email queued', 'park email queued'])
  expect(await office.row('select state from alert')).toMatchObject({
    state: { state: 'notifying' },
  })
  const count = (await office.deliveries()).length
  await office.escalate()
  expect((await office.deliveries()).length).toBe(count)
})

test('a leave saved while only its taker was asked leads to the next step at once', async ({
  office,
}) => {
  await openAlert(office)
  expect(await office.deliveries()).toEqual(['kim webhook queued'])
  await goOnLeave(office, office.now)
  office.now += 1000
  expect(await office.escalate()).toBe(1)
  expect((await office.deliveries()).at(-1)).toBe('park email queued')
})

test('who dies over a leave has lost nothing: the next sweep takes it', async ({ office }) => {
  await openAlert(office)
  await goOnLeave(office, office.now)
  office.now += 1000
  await office.escalate('dies').catch(() => 0)
  office.errors.length = 0
  expect((await office.deliveries()).at(-1)).toBe('kim webhook queued')
  await office.escalate()
  expect((await office.deliveries()).at(-1)).toBe('park email queued')
})

test('what was offered to somebody who goes on leave is offered to their deputy, or the giver learns that it is not taken', async ({
  office,
}) => {
  const { pool, voice } = office
  const alert = await openAlert(office)
  await applyEvent(pool, alert, { type: 'acknowledge', by: 'kim' }, office.now)
  const until = office.now + 2 * HOUR
  const offer = { type: 'offer', by: 'kim', to: 'park', until } as const
  await command(pool, { alert, key: 'offer', event: offer }, voice, office.now)
  const away = { since: office.now, until: office.now + DAY, deputy: null, reason: '병가' }
  await setDeputy(pool, { person: 'park', deputy: 'oh' }, null, office.now)
  await addLeave(pool, { person: 'park', ...away }, 'park', office.now)
  office.now += 1000
  expect(await office.escalate()).toBe(1)
  expect((await office.row('select offer from alert'))['offer']).toMatchObject({ to: 'oh' })
  expect((await office.deliveries()).at(-1)).toBe('oh email queued')
  await addLeave(pool, { person: 'oh', ...away, since: office.now }, 'oh', office.now)
  office.now += 1000
  expect(await office.escalate()).toBe(1)
  expect((await office.row('select offer from alert'))['offer']).toBeNull()
  expect((await office.deliveries()).at(-1)).toBe('kim webhook queued')
})

test('a leave that is over before anybody looked takes nothing from whoever is back', async ({
  office,
}) => {
  const alert = await openAlert(office)
  await goOnLeave(office, office.now)
  office.now += DAY + HOUR
  // Nobody swept for a day; kim is back and has it.
  await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'kim' }, office.now)
  await office.escalate()
  expect(await office.row('select state from alert')).toMatchObject({
    state: { state: 'acknowledged', by: 'kim' },
  })
})
