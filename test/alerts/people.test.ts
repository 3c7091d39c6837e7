import { describe, expect } from 'vitest'
import { MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { NINE, test } from './office.ts'
import { close, openAlert } from './opened.ts'

const acknowledge = (by: string) => ({ type: 'acknowledge', by }) as const

describe('what people do', () => {
  test('when five acknowledge at once, one has it and each learns who', async ({ office }) => {
    const alert = await openAlert(office)
    const five = ['kim', 'park', 'oh', 'han', 'seo']
    const answers = await Promise.all(
      five.map((by) => applyEvent(office.pool, alert, acknowledge(by), office.now)),
    )
    const done = answers.flatMap((each) => (each.kind === 'done' ? [each.alert.state] : []))
    expect(done).toHaveLength(1)
    const [state] = done
    const owner = state?.state === 'acknowledged' ? state.by : null
    expect(answers.filter((each) => each.kind !== 'done')).toEqual(
      Array.from({ length: 4 }, () => ({ kind: 'already', by: owner })),
    )
    expect(await office.row('select count(*) from alert_event')).toEqual({ count: 6 })
    expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
  })

  test('an acknowledgement that nobody renews starts the ladder again', async ({ office }) => {
    const alert = await openAlert(office)
    await applyEvent(office.pool, alert, acknowledge('kim'), office.now)
    office.now += 10 * MINUTE - 1
    expect(await office.escalate()).toBe(0)
    office.now += 1
    expect(await office.escalate()).toBe(1)
    // And the supervisor hears that kim's word is missing.
    expect(await office.deliveries()).toEqual([
      'kim webhook cancelled',
      'kim webhook queued',
      'oh email queued',
    ])
  })

  test('what comes after closing changes nothing, is answered truly and kept', async ({
    office,
  }) => {
    const alert = await openAlert(office)
    expect(await applyEvent(office.pool, alert, close('kim'), office.now)).toMatchObject({
      kind: 'done',
      alert: { state: { state: 'resolved', by: 'kim', outcome: 'safe', at: NINE } },
    })
    const late = { kind: 'closed', by: 'kim', at: NINE }
    expect(await applyEvent(office.pool, alert, acknowledge('oh'), office.now)).toEqual(late)
    expect(await applyEvent(office.pool, alert, close('oh'), office.now)).toEqual(late)
    expect(await office.row('select generation, state from alert')).toMatchObject({
      generation: 1,
      state: { by: 'kim' },
    })
    expect(await office.row('select max(seq) from alert_event')).toEqual({ max: 3 })
  })

  test('an alert that is not there is no failure', async ({ pool }) => {
    expect(await applyEvent(pool, 4711, acknowledge('kim'), NINE)).toEqual({ kind: 'unknown' })
  })
})
