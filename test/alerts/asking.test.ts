import { describe, expect } from 'vitest'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { answerAsk } from '../../services/store/asks.ts'
import { addPlan } from '../../services/store/homes.ts'
import { setQuiet } from '../../services/store/offices.ts'
import { NINE, type Office, test } from './office.ts'

const THREE_AT_NIGHT = NINE - 6 * HOUR

async function stateOf(
  office: Office,
  name: string,
  grade: 'caution' | 'warning',
): Promise<unknown> {
  office.asks = true
  const home = await office.home(name)
  await office.signal(home, grade)
  await office.escalate()
  const found = await office.row(
    `select state ->> 'state' as state from alert where household_id = $1 and kind = 'inactivity'`,
    [home],
  )
  return found['state']
}

describe('at three in the morning', () => {
  test('a machine rings nobody for a caution: the duty desk is told; at warning it does', async ({
    office,
  }) => {
    office.now = THREE_AT_NIGHT
    expect(await stateOf(office, 'h-1', 'caution')).toBe('notifying')
    expect(await office.deliveries()).toEqual(['park email queued'])
    expect(await stateOf(office, 'h-2', 'warning')).toBe('pending')
    office.now = NINE
    expect(await stateOf(office, 'h-3', 'caution')).toBe('pending')
  })

  test('but where the office says that its residents may be called, it does', async ({
    office,
  }) => {
    office.now = THREE_AT_NIGHT
    const quiet = { office: 'gwanak', begins: 4 * HOUR, ends: 5 * HOUR }
    await setQuiet(office.pool, quiet, null, office.now)
    expect(await stateOf(office, 'h-1', 'caution')).toBe('pending')
    await setQuiet(office.pool, { ...quiet, begins: 2 * HOUR }, null, office.now)
    expect(await stateOf(office, 'h-2', 'caution')).toBe('notifying')
  })

  test('or where the plan says so of that grade', async ({ office }) => {
    office.now = THREE_AT_NIGHT
    const { inactivity } = STANDARD_PLAN
    const caution = { ...inactivity.caution, askQuiet: true }
    const plan = { ...STANDARD_PLAN, version: 9, inactivity: { ...inactivity, caution } }
    await addPlan(office.pool, plan)
    expect(await stateOf(office, 'h-1', 'caution')).toBe('pending')
  })
})

const answer = async (office: Office) => {
  const { id } = await office.row('select id from ask')
  return answerAsk(office.pool, Number(id), 'help', office.voice, office.now)
}

describe('a call for help in answer to a call', () => {
  test('is danger for whoever has the case already, and is told by its own words', async ({
    office,
  }) => {
    await stateOf(office, 'h-1', 'warning')
    office.now += 3 * MINUTE
    await office.escalate()
    const { id } = await office.row('select id from alert')
    await applyEvent(office.pool, Number(id), { type: 'acknowledge', by: 'kim' }, office.now)
    expect(await answer(office)).toBe('help')
    expect(await office.row('select grade, generation, state from alert')).toMatchObject({
      grade: 'danger',
      generation: 2,
      state: { state: 'acknowledged', by: 'kim' },
    })
    expect((await office.deliveries()).slice(1)).toEqual([
      'kim webhook queued',
      'park email queued',
    ])
    const said = await office.row(
      `select distinct message ->> 'text' as text from delivery where purpose = 'called'`,
    )
    expect(said['text']).toContain('본인이 도움을 청했습니다.')
  })

  test('is a new case where the one it answers was closed, and is never lost', async ({
    office,
  }) => {
    await stateOf(office, 'h-1', 'warning')
    const { id } = await office.row('select id from alert')
    const outcome = { type: 'outcome', by: 'kim', outcome: 'safe', note: '' } as const
    await applyEvent(office.pool, Number(id), outcome, office.now)
    office.now += MINUTE
    expect(await answer(office)).toBe('help')
    expect(await answer(office)).toBe('help')
    expect(await office.escalate()).toBe(1)
    expect(await office.row(`select grade, signals from alert where kind = 'sos'`)).toEqual({
      grade: 'danger',
      signals: 1,
    })
    expect(await office.deliveries()).toEqual(['kim webhook queued'])
    const { text } = await office.row(`select message ->> 'text' as text from delivery`)
    expect(text).toContain('안부 전화에')
  })
})
