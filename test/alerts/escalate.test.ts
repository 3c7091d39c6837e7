import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { escalate } from '../../services/alerts/escalate.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { addPerson, addPlan } from '../../services/store/homes.ts'
import { readLateness } from '../../services/store/lateness.ts'
import { instant } from '../../services/store/pool.ts'
import { NINE, type Office, staff, test } from './office.ts'
import { close, openAlert } from './opened.ts'

const ALERT = 'select id, kind, grade, generation, signals, plan_version, state from alert'

// That Monday was a day of rest, for 1 March had been a Sunday.
const BEGUN = {
  state: 'notifying',
  loop: 0,
  step: 0,
  times: 0,
  band: 'office',
  until: NINE + 5 * MINUTE,
}

async function come(office: Office, home: number, at: number): Promise<void> {
  await office.pool.query(
    `insert into returned (household_id, kind, at) values ($1, 'inactivity', $2)`,
    [home, instant(at)],
  )
}

describe('a new signal', () => {
  test('opens an alert, tells the planner and is on the record, in one go', async ({ office }) => {
    const signal = await office.signal(await office.home('h-1'), 'warning')
    expect(await office.escalate()).toBe(1)
    expect(await office.row(ALERT)).toMatchObject({
      kind: 'inactivity',
      grade: 'warning',
      generation: 0,
      signals: 1,
      plan_version: 3,
      state: BEGUN,
    })
    expect(await office.deliveries()).toEqual(['kim webhook queued'])
    expect(await office.row('select seq, event, state from alert_event')).toEqual({
      seq: 0,
      event: { type: 'signal', grade: 'warning', signal },
      state: BEGUN,
    })
    expect(await office.escalate()).toBe(0)
  })

  test('joins the open alert of its home and kind; only a graver one tells again', async ({
    office,
  }) => {
    const home = await office.home('h-1')
    await office.signal(home, 'caution')
    await office.signal(home, 'watch')
    await office.signal(home, 'danger')
    expect(await office.escalate()).toBe(2)
    expect(await office.row(ALERT)).toMatchObject({ grade: 'danger', generation: 1, signals: 3 })
    expect(await office.deliveries()).toEqual(['kim webhook cancelled', 'kim webhook queued'])
  })

  test('of the lowest grade is on the board and tells nobody', async ({ office }) => {
    await office.signal(await office.home('h-1'), 'watch')
    expect(await office.escalate()).toBe(0)
    expect(await office.row(ALERT)).toMatchObject({ state: { state: 'listed' } })
  })

  test('I3 no double: opens one alert and tells once, however many engines sweep at once', async ({
    office,
  }) => {
    for (let each = 0; each < 8; each++) {
      const home = await office.home(`h-${each}`)
      await office.signal(home, 'danger')
      await office.signal(home, 'danger')
    }
    const sweep = async () => {
      const told = await Promise.all([1, 2, 3, 4].map(() => office.escalate()))
      return told.reduce((sum, each) => sum + each, 0)
    }
    expect(await sweep()).toBe(8)
    office.now += 3 * MINUTE
    expect(await sweep()).toBe(8)
    expect((await office.deliveries()).toSorted()).toEqual([
      ...Array.from({ length: 8 }, () => 'kim webhook queued'),
      ...Array.from({ length: 8 }, () => 'park email queued'),
    ])
    expect(await office.row('select sum(signals) as held from alert')).toEqual({ held: 16 })
  })

  test('I10 nothing lost on merge: meets the end of its alert and has joined it, or opens another', async ({
    office,
  }) => {
    for (let round = 0; round < 20; round++) {
      const home = await office.home(`m-${round}`)
      await office.signal(home, 'danger')
      await office.escalate()
      const { id } = await office.row('select id from alert where household_id = $1', [home])
      await office.signal(home, 'danger')
      await Promise.all([
        office.escalate(),
        applyEvent(office.pool, Number(id), close('kim'), office.now),
      ])
      await office.escalate()
    }
    const lost = await office.pool.query('select from signal where alert_id is null')
    expect(lost.rowCount).toBe(0)
    const counted = await office.row('select sum(signals)::int as signals from alert')
    expect(counted).toEqual({ signals: 40 })
  })

  test('after closing opens another alert', async ({ office }) => {
    const alert = await openAlert(office)
    await applyEvent(office.pool, alert, close('kim'), office.now)
    await office.signal(1, 'danger')
    expect(await office.escalate()).toBe(1)
    expect(await office.row('select count(*) from alert')).toEqual({ count: 2 })
  })
})

describe('left alone, an alert', () => {
  test('climbs the plan it was opened with, then repeats the last step', async ({ office }) => {
    await openAlert(office)
    // A new version changes nothing for those that are open.
    await addPlan(office.pool, {
      ...STANDARD_PLAN,
      version: 4,
      inactivity: { ...STANDARD_PLAN.inactivity, danger: STANDARD_PLAN.inactivity.watch },
    })
    const told: string[] = []
    // 3 steps of 3 minutes, twice; then every 5.
    for (const wait of [3, 3, 3, 3, 3, 3, 5, 5]) {
      office.now += wait * MINUTE
      expect(await office.escalate()).toBe(1)
      told.push(String((await office.deliveries()).at(-1)).split(' ')[0] ?? '')
    }
    expect(told).toEqual(['park', 'oh', 'kim', 'park', 'oh', 'oh', 'oh', 'oh'])
    expect(await office.row(ALERT)).toMatchObject({ state: { state: 'exhausted', times: 3 } })
  })

  test('keeps the first standard plan where the second comes; what opens after that has the second', async ({
    office,
  }) => {
    await office.pool.query('delete from plan')
    await addPlan(office.pool, { ...STANDARD_PLAN, version: 1 })
    await openAlert(office)
    await addPlan(office.pool, STANDARD_PLAN)
    await office.signal(await office.home('h-2'), 'danger')
    office.now += 3 * MINUTE
    expect(await office.escalate()).toBe(2)
    expect(
      await office.row('select array_agg(plan_version order by id) as versions from alert'),
    ).toEqual({ versions: [1, 3] })
  })

  test('gives as its reason the newest of its gravest signals', async ({ office }) => {
    await openAlert(office)
    const mild = await office.signal(1, 'watch')
    await office.pool.query(
      `update signal set reason = reason || '{"silentFor": 60000}' where id = $1`,
      [mild],
    )
    office.now += 3 * MINUTE
    await office.escalate()
    const said = await office.row(
      `select count(*), count(distinct message ->> 'text') as texts from delivery`,
    )
    expect(said).toEqual({ count: 2, texts: 1 })
  })

  test('is not held up by another that cannot be read', async ({ office }) => {
    await openAlert(office)
    await office.pool.query(`update alert set state = '{"state":"made up"}'`)
    await office.signal(await office.home('h-2'), 'danger')
    await office.escalate()
    office.now += 3 * MINUTE
    expect(await office.escalate()).toBe(1)
    expect(office.errors.splice(0)).toHaveLength(1)
  })

  test('is told to whoever answers for the home now', async ({ office }) => {
    await openAlert(office)
    await addPerson(office.pool, staff('han', 'duty'))
    office.now += 3 * MINUTE
    await office.escalate()
    // Of the desk one is told: neither has had anything yet, and han comes first by name.
    expect((await office.deliveries()).slice(1)).toEqual(['han email queued'])
  })
})

describe('a step that reaches nobody', () => {
  test('is passed over at once, and becomes a case of its own', async ({ office }) => {
    // Nobody is a technician here.
    await office.signal(await office.home('h-1'), 'caution', 'blind')
    expect(await office.escalate()).toBe(2)
    expect((await office.deliveries()).toSorted()).toEqual(['oh email queued', 'park email queued'])
    expect(await office.row(`select reason from signal where kind = 'configuration'`)).toEqual({
      reason: {
        rule: 'empty-step',
        plan: 'standard',
        step: 0,
        kind: 'blind',
        grade: 'caution',
        band: 'office',
        targets: [{ type: 'role', role: 'technician' }],
      },
    })
  })

  test('may be one whose people have only a channel that is not set up', async ({ office }) => {
    office.setUp = ['webhook']
    await office.signal(await office.home('h-1'), 'danger')
    expect(await office.escalate()).toBe(1)
    // kim has a webhook too; park, who comes next, and oh have mail alone.
    expect(await office.deliveries()).toEqual(['kim webhook queued'])
    office.now += 3 * MINUTE
    await office.escalate()
    expect(
      await office.row(
        `select array_agg(concat_ws(' ', h.purpose, reason -> 'step') order by s.id) as steps
         from signal s join household h on h.id = s.household_id where kind = 'configuration'`,
      ),
    ).toEqual({ steps: ['home 1', 'office 2'] })
    // The second round, for kim again. And no mail as her second way either.
    expect(await office.deliveries()).toEqual(['kim webhook queued', 'kim webhook queued'])
    expect(await office.row('select distinct fallback from delivery')).toEqual({ fallback: [] })
  })

  test('breeds no further cases, even when nobody can be told of it', async ({ office }) => {
    await office.pool.query(`delete from person where person = 'oh'`)
    await office.signal(await office.home('h-1'), 'caution', 'blind')
    for (let sweeps = 0; sweeps < 10; sweeps++) {
      await office.escalate()
      office.now += DAY
    }
    const faults = await office.row(
      `select signals, state ->> 'state' as state from alert where kind = 'configuration'`,
    )
    expect(faults).toEqual({ signals: 1, state: 'exhausted' })
    expect(await office.row('select count(*) from signal')).toEqual({ count: 2 })
  })

  test('is reported anew when the case was closed and nothing mended', async ({ office }) => {
    await office.pool.query(`update person set email = null, webhook = null`)
    await office.signal(await office.home('h-1'), 'danger')
    await office.escalate()
    const ofHome = `from alert where kind = 'configuration' and household_id = 1`
    const fault = await office.row(`select id ${ofHome}`)
    await applyEvent(office.pool, Number(fault['id']), close('oh'), office.now)
    office.now += 5 * MINUTE
    await office.escalate()
    await office.escalate()
    const again = await office.row(`select count(*) ${ofHome}`)
    expect(again).toEqual({ count: 2 })
  })
})

describe('when somebody moves again', () => {
  test('nobody further up is told, and somebody must still confirm', async ({ office }) => {
    await openAlert(office)
    office.now += MINUTE
    await come(office, 1, office.now)
    await office.escalate()
    expect(await office.row(ALERT)).toMatchObject({ state: { state: 'recovered', by: null } })
    expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
    expect(await office.row('select count(*) from returned')).toEqual({ count: 0 })
    office.now += 30 * MINUTE
    expect(await office.escalate()).toBe(1)
  })

  test('but the news of it comes late, it counts all the same', async ({ office }) => {
    await openAlert(office)
    // Before the alert was opened, but within the silence that it tells of.
    await come(office, 1, office.now - MINUTE)
    await office.escalate()
    expect(await office.row(ALERT)).toMatchObject({ state: { state: 'recovered' } })
  })

  test('before anybody took the signal, both are told in their order', async ({ office }) => {
    const home = await office.home('h-1')
    await office.signal(home, 'danger')
    office.now += MINUTE
    await come(office, home, office.now)
    await office.escalate()
    expect(await office.row(ALERT)).toMatchObject({ state: { state: 'recovered' } })
  })

  test('while another engine still has the signal, it waits for its turn', async ({
    office,
    pool,
  }) => {
    const home = await office.home('h-1')
    await office.signal(home, 'danger')
    await come(office, home, office.now)
    const other = await pool.connect()
    await other.query('begin')
    await other.query('select from signal for update')
    await office.escalate()
    await other.query('rollback')
    other.release()
    await office.escalate()
    expect(await office.row(ALERT)).toMatchObject({ state: { state: 'recovered' } })
  })

  test('and was quiet again before anybody looked, the alert goes on', async ({ office }) => {
    const alert = await openAlert(office)
    await come(office, 1, office.now + HOUR)
    office.now += 30 * HOUR
    // This silence began 26 hours ago, after that movement.
    await office.signal(1, 'danger')
    await office.escalate()
    expect(await office.row(ALERT)).toMatchObject({ id: alert, state: { state: 'notifying' } })
    expect(await office.row('select count(*) from returned')).toEqual({ count: 0 })
  })

  test('what fails each time is set aside for all to see, and holds up nobody', async ({
    office,
  }) => {
    const alert = await openAlert(office)
    // A hundred whose case cannot be read, all of them older.
    for (let n = 0; n < 100; n++) {
      const home = await office.home(`p-${n}`)
      await office.signal(home, 'watch')
      await come(office, home, office.now - MINUTE)
    }
    await office.pool.query(`update signal set reason = reason || '{"since": 0}'`)
    await office.pool.query(
      `insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at, state)
       select id, 'inactivity', 'watch', 0, 1, 'standard', 3, $1, '{"state": "made up"}'
       from household where household like 'p-%'`,
      [instant(office.now)],
    )
    await office.pool.query(
      `update signal s set alert_id = a.id from alert a where a.household_id = s.household_id and s.alert_id is null`,
    )
    await come(office, 1, office.now)
    await office.escalate()
    await office.escalate()
    expect(await office.row('select state from alert where id = $1', [alert])).toMatchObject({
      state: { state: 'recovered' },
    })
    // Tried again, but ever more seldom; and the doctor says so.
    for (let tries = 0; tries < 4; tries++) {
      office.now += HOUR
      await office.escalate()
    }
    const failed = office.errors.splice(0).filter((line) => line.includes('could not escalate'))
    expect(failed).toHaveLength(500)
    const clock = { now: () => office.now, speed: 1 }
    expect(await readLateness(office.pool, clock)).toMatchObject({ aside: 100 })
    expect(await office.row('select distinct failures from returned')).toEqual({ failures: 5 })
  })

  test('without any alert it is forgotten', async ({ office }) => {
    await come(office, await office.home('h-1'), office.now)
    await office.escalate()
    expect(await office.row('select count(*) from returned')).toEqual({ count: 0 })
  })
})

test('a sweep ends also on a clock so fast that timers are always due', async ({ office }) => {
  const home = await office.home('h-1')
  await office.signal(home, 'danger')
  await office.signal(home, 'caution', 'blind')
  await office.escalate()
  const { pool, log, voice } = office
  const ended = escalate({ pool, log, voice, now: () => (office.now += 3 * HOUR) })
  expect(await Promise.race([ended, sleep(4000, 'never')])).toBeGreaterThan(0)
})
