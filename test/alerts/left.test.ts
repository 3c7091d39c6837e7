import { expect } from 'vitest'
import { DAY, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { beginExercise } from '../../services/store/exercises.ts'
import { addPerson } from '../../services/store/homes.ts'
import { leaveOffice } from '../../services/store/leaving.ts'
import { type Office, staff, test } from './office.ts'

async function openAlert(office: Office): Promise<number> {
  await office.signal(await office.home('h-1'), 'danger')
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

const kimLeaves = (office: Office) => leaveOffice(office.pool, 'kim', null, office.now)

test('what somebody had in hand goes to the next as they leave, and supervisors hear of it', async ({
  office,
}) => {
  const alert = await openAlert(office)
  await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'kim' }, office.now)
  await kimLeaves(office)
  office.now += MINUTE
  await office.pool.query('update alert set due_at = null')
  expect(await office.escalate()).toBeGreaterThan(0)
  const own = await office.row('select state from alert where id = $1', [alert])
  expect(own).toMatchObject({ state: { state: 'notifying' } })
  // And the home's own want of a planner is a case.
  expect(await office.row(`select kind from alert where id <> $1`, [alert])).toEqual({
    kind: 'configuration',
  })
  const told = await office.deliveries()
  expect(told.filter((line) => line.startsWith('kim'))).toHaveLength(1)
  expect(told).toContain('oh email queued')
  const again = told.length
  await office.escalate()
  expect(await office.deliveries()).toHaveLength(again)
})

test('who dies over one who left has lost nothing: the next sweep gives on what they had', async ({
  office,
}) => {
  await openAlert(office)
  await kimLeaves(office)
  office.now += 1000
  await office.escalate('dies').catch(() => 0)
  office.errors.length = 0
  expect((await office.deliveries()).at(-1)).toBe('kim webhook queued')
  await office.escalate()
  expect((await office.deliveries()).at(-1)).toBe('park email queued')
})

test('a message that had not left is not sent to who has left, by no channel', async ({
  office,
}) => {
  await openAlert(office)
  expect(await office.deliveries()).toEqual(['kim webhook queued'])
  // Before any sweep has given the case on.
  await kimLeaves(office)
  // An address that somebody entered by hand reaches them no more than the one before.
  await office.pool.query(`update person set webhook = $1 where person = 'kim'`, [
    office.receiver.url('kim'),
  ])
  await office.deliver()
  office.now += DAY
  await office.deliver()
  expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
})

test('whoever is back before the sweep has what they had', async ({ office }) => {
  const alert = await openAlert(office)
  await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'kim' }, office.now)
  await kimLeaves(office)
  await addPerson(office.pool, staff('kim', 'planner'))
  office.now += 1000
  await office.escalate()
  expect(await office.row('select state from alert')).toMatchObject({
    state: { state: 'acknowledged', by: 'kim' },
  })
})

test('the exercise of who has left is over, and nobody is told that it reaches nobody', async ({
  office,
}) => {
  await beginExercise(office.pool, 'kim', office.now)
  await office.escalate()
  expect(await office.deliveries()).not.toEqual([])
  await kimLeaves(office)
  office.now += 1000
  await office.escalate()
  office.now += DAY
  await office.escalate()
  expect(await office.row('select state from alert')).toMatchObject({
    state: { state: 'resolved' },
  })
  expect(await beginExercise(office.pool, 'kim', office.now)).toBe(false)
})
