import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { StaffEvent } from '../../schemas/alert.ts'
import type { Answer } from '../../schemas/answer.ts'
import { isAllowed, MAY, type CommandName } from '../../services/core/permission.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { command, duress, readRelations } from '../../services/store/commands.ts'
import { lockAlert } from '../../services/store/alerts.ts'
import { addPerson, addPlan } from '../../services/store/homes.ts'
import { transaction } from '../../services/store/pool.ts'
import { brokenRecords } from '../../services/store/record.ts'
import { NINE, type Office, staff, test } from './office.ts'

async function openAlert(office: Office, grade: 'warning' | 'danger' = 'warning'): Promise<number> {
  await office.signal(await office.home('h-1'), grade)
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

function order(office: Office, alert: number, event: StaffEvent, key: string = randomUUID()) {
  return command(office.pool, { alert, key, event }, office.voice, office.now)
}

const state = (office: Office, alert: number) =>
  office.row('select generation, state, offer from alert where id = $1', [alert])

describe('I5 idempotent commands: the same key', () => {
  test('changes nothing the second time and gets the first answer, whatever came between', async ({
    office,
  }) => {
    const alert = await openAlert(office)
    const event = { type: 'acknowledge', by: 'kim' } as const
    const first = await order(office, alert, event, 'key-1')
    office.now += MINUTE
    await order(office, alert, { type: 'decline', by: 'kim' })
    const before = await state(office, alert)
    expect(await order(office, alert, event, 'key-1')).toEqual(first)
    expect(await state(office, alert)).toEqual(before)
  })

  test('sent ten times at once is done once', async ({ office }) => {
    const alert = await openAlert(office)
    const event = { type: 'escalate', by: 'oh', asOf: { generation: 0, loop: 0, step: 0 } } as const
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => order(office, alert, event, 'key-1')),
    )
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(await office.deliveries()).toEqual(['kim webhook queued', 'park email queued'])
  })

  test('of somebody else, or for another alert, is not answered', async ({ office }) => {
    const alert = await openAlert(office)
    await order(office, alert, { type: 'acknowledge', by: 'kim' }, 'key-1')
    const other = await order(office, alert, { type: 'acknowledge', by: 'oh' }, 'key-1')
    expect(other).toEqual({ kind: 'denied' })
  })
})

test('I19 fair ack: of many at once one has it, and every other is told who', async ({
  office,
}) => {
  const alert = await openAlert(office)
  const desk = ['han', 'seo', 'min']
  for (const person of desk) await addPerson(office.pool, staff(person, 'duty'))
  const all = ['kim', 'park', 'oh', ...desk]
  const answers = await Promise.all(
    all.map((by) => order(office, alert, { type: 'acknowledge', by })),
  )
  const done = answers.filter(({ kind }) => kind === 'done')
  expect(done).toHaveLength(1)
  const { by } = await office.row(`select state ->> 'by' as by from alert where id = $1`, [alert])
  expect(answers.filter(({ kind }) => kind !== 'done')).toEqual(
    Array.from({ length: all.length - 1 }, () => ({ kind: 'already', by })),
  )
})

test('I6 terminal: what comes after the end changes nothing, and is told who ended it', async ({
  office,
}) => {
  const alert = await openAlert(office)
  const end = { type: 'cancel', by: 'oh', reason: '시험' } as const
  expect((await order(office, alert, end)).kind).toBe('done')
  const ended = await state(office, alert)
  office.now += HOUR
  const late: StaffEvent[] = [
    { type: 'acknowledge', by: 'kim' },
    { type: 'reassign', by: 'oh', to: 'park' },
    { type: 'outcome', by: 'kim', outcome: 'safe', note: '', how: 'phone' },
    { type: 'start-visit', by: 'park', companion: null, until: office.now + MINUTE },
  ]
  for (const event of late)
    expect(await order(office, alert, event)).toEqual({ kind: 'closed', by: 'oh', at: NINE })
  expect(await state(office, alert)).toEqual(ended)
})

const EVENTS: Record<Exclude<CommandName, 'duress' | 'follow-up'>, (by: string) => StaffEvent> = {
  acknowledge: (by) => ({ type: 'acknowledge', by }),
  'take-over': (by) => ({ type: 'take-over', by }),
  decline: (by) => ({ type: 'decline', by }),
  offer: (by) => ({ type: 'offer', by, to: 'park', until: NINE + HOUR }),
  accept: (by) => ({ type: 'accept', by }),
  refuse: (by) => ({ type: 'refuse', by }),
  reassign: (by) => ({ type: 'reassign', by, to: 'park' }),
  replan: (by) => ({ type: 'replan', by }),
  escalate: (by) => ({ type: 'escalate', by, asOf: { generation: 0, loop: 0, step: 0 } }),
  defer: (by) => ({ type: 'defer', by, until: NINE + HOUR, reason: '통화함' }),
  'start-visit': (by) => ({ type: 'start-visit', by, companion: null, until: NINE + HOUR }),
  'check-in': (by) => ({ type: 'check-in', by, until: NINE + HOUR }),
  arrive: (by) => ({ type: 'arrive', by }),
  leave: (by) => ({ type: 'leave', by }),
  note: (by) => ({ type: 'note', by, text: '통화함' }),
  cancel: (by) => ({ type: 'cancel', by, reason: '시험' }),
  outcome: (by) => ({ type: 'outcome', by, outcome: 'safe', note: '', how: 'phone' }),
}

test('I21 permission: any of the staff may do what the table says and nothing else; a refusal leaves a trace and no other change', async ({
  office,
}) => {
  const others = [
    staff('tech', 'technician'),
    staff('care', 'care'),
    staff('far', 'supervisor', { office: 'mapo' }),
    staff('next', 'neighbour'),
  ]
  for (const person of others) await addPerson(office.pool, person)
  const who = fc.constantFrom('kim', 'park', 'oh', 'tech', 'care', 'far', 'next', 'nobody')
  const what = fc.constantFrom(...StaffEvent.options.map((each) => each.shape.type.value))
  let homes = 0
  await fc.assert(
    fc.asyncProperty(fc.boolean(), who, what, async (isHeld, by, name) => {
      const home = await office.home(`p-${homes++}`)
      await office.signal(home, 'warning')
      await office.escalate()
      const { id } = await office.row('select id from alert where household_id = $1', [home])
      const alert = Number(id)
      if (isHeld) await order(office, alert, { type: 'acknowledge', by: 'kim' })
      const relations = await transaction(office.pool, async (db) => {
        const locked = await lockAlert(db, alert)
        return locked ? readRelations(db, locked, by, office.now) : new Set<never>()
      })
      const before = await state(office, alert)
      const answer = await order(office, alert, EVENTS[name](by))
      expect(answer.kind === 'denied').toBe(!isAllowed(name, relations))
      if (answer.kind !== 'denied') return
      expect(await state(office, alert)).toEqual(before)
      const last = await office.row(
        'select event from alert_event where alert_id = $1 order by seq desc limit 1',
        [alert],
      )
      expect(last['event']).toEqual({ type: 'denied', by, command: name })
    }),
    { numRuns: 60 },
  )
  // Nobody of another office may do anything, and the table speaks of every command.
  expect(Object.values(MAY).every((relations) => relations.length > 0)).toBe(true)
}, 60_000)

test('a new version of a plan changes nothing for what is open, until a supervisor has it go on by that', async ({
  office,
}) => {
  const alert = await openAlert(office)
  const { inactivity } = STANDARD_PLAN
  const supervisor = inactivity.warning.steps.slice(2)
  const warning = { ...inactivity.warning, steps: supervisor, repeats: 0 }
  const next = { ...STANDARD_PLAN, version: 9, inactivity: { ...inactivity, warning } }
  await addPlan(office.pool, next)
  office.now += 5 * MINUTE
  await office.escalate()
  expect(await office.deliveries()).toEqual(['kim webhook queued', 'park email queued'])
  expect((await order(office, alert, { type: 'replan', by: 'kim' })).kind).toBe('denied')
  expect((await order(office, alert, { type: 'replan', by: 'oh' })).kind).toBe('done')
  expect(await office.row('select plan_version, generation from alert')).toEqual({
    plan_version: 9,
    generation: 1,
  })
  expect((await office.deliveries()).at(-1)).toBe('oh email queued')
  // Whoever has it keeps it, by whatever plan.
  await order(office, alert, { type: 'acknowledge', by: 'oh' })
  await addPlan(office.pool, { ...next, version: 10 })
  expect((await order(office, alert, { type: 'replan', by: 'oh' })).kind).toBe('done')
  expect(await office.row('select plan_version, state from alert')).toMatchObject({
    plan_version: 10,
    state: { state: 'acknowledged', by: 'oh' },
  })
  expect(await brokenRecords(office.pool)).toEqual([])
})

describe('I20 audit complete: the record', () => {
  test('says of every alert what it is, in an unbroken chain', async ({ office }) => {
    const alert = await openAlert(office)
    await order(office, alert, { type: 'acknowledge', by: 'kim' })
    office.now += HOUR
    await office.escalate()
    expect(await brokenRecords(office.pool)).toEqual([])
    expect(await office.row('select count(*) from alert_event where hash is null')).toEqual({
      count: 0,
    })
  })

  const FORGE = [
    [`update alert_event set event = event || '{"by":"oh"}' where seq = 1`, 'changed'],
    [`delete from alert_event where seq = 1`, 'missing'],
    [`update alert set grade = 'danger'`, 'not-as-recorded'],
  ] as const
  test.for(FORGE)('is broken by %s', async ([forge, why], { office }) => {
    const alert = await openAlert(office)
    await order(office, alert, { type: 'acknowledge', by: 'kim' })
    office.now += HOUR
    await office.escalate()
    await office.pool.query('alter table alert_event disable trigger append_only')
    await office.pool.query(forge)
    expect((await brokenRecords(office.pool)).map((each) => each.why)).toContain(why)
  })
})

const go = async (office: Office, alert: number) =>
  order(office, alert, {
    type: 'start-visit',
    by: 'kim',
    companion: null,
    until: office.now + 20 * MINUTE,
  })
const staffAlerts = (office: Office) =>
  office.pool
    .query<{ subject: string; signals: number }>(
      `select subject, signals from alert where kind = 'staff'`,
    )
    .then(({ rows }) => rows)

describe('I23 staff safety: a visitor who does not report', () => {
  test('always becomes a case of its own, also when somebody else has closed the alert', async ({
    office,
  }) => {
    const alert = await openAlert(office)
    await go(office, alert)
    await order(office, alert, {
      type: 'outcome',
      by: 'oh',
      outcome: 'safe',
      note: '',
      how: 'phone',
    })
    office.now += 20 * MINUTE - 1
    await office.escalate()
    expect(await staffAlerts(office)).toEqual([])
    office.now += 1
    await Promise.all([office.escalate(), office.escalate()])
    await office.escalate()
    expect(await staffAlerts(office)).toEqual([{ subject: 'kim', signals: 1 }])
    // Supervisor and duty desk at once; kim, whom it is about, is not told.
    const told = await office.row(
      `select jsonb_agg(person order by person) as people from delivery d join alert a on a.id = alert_id
       where a.kind = 'staff'`,
    )
    expect(told).toEqual({ people: ['oh', 'park'] })
  })

  test('reports and is none; leaves and is none', async ({ office }) => {
    const alert = await openAlert(office)
    await go(office, alert)
    office.now += 19 * MINUTE
    await order(office, alert, { type: 'check-in', by: 'kim', until: office.now + 20 * MINUTE })
    office.now += 19 * MINUTE
    await office.escalate()
    await order(office, alert, { type: 'leave', by: 'kim' })
    office.now += HOUR
    await office.escalate()
    expect(await staffAlerts(office)).toEqual([])
  })

  test('but calls for help without a word is one at once, and the record of the visit says nothing of it', async ({
    office,
  }) => {
    const alert = await openAlert(office)
    await go(office, alert)
    const events = 'select count(*) from alert_event where alert_id = $1'
    const before = await office.row(events, [alert])
    const call = { alert, key: 'key-1', by: 'kim' }
    const answers = [
      await duress(office.pool, call, office.now),
      await duress(office.pool, call, office.now),
    ]
    expect(answers.map(({ kind }: Answer) => kind)).toEqual(['done', 'done'])
    await office.escalate()
    expect(await staffAlerts(office)).toEqual([{ subject: 'kim', signals: 1 }])
    expect(await office.row(events, [alert])).toEqual(before)
  })

  test('and is heard though the visit has just ended, or the case was closed meanwhile', async ({
    office,
  }) => {
    const alert = await openAlert(office)
    await go(office, alert)
    await order(office, alert, { type: 'leave', by: 'kim' })
    await order(office, alert, { type: 'outcome', by: 'kim', outcome: 'safe', note: '' })
    const answer = await duress(office.pool, { alert, key: 'late', by: 'kim' }, office.now)
    expect(answer.kind).toBe('done')
    await office.escalate()
    expect(await staffAlerts(office)).toEqual([{ subject: 'kim', signals: 1 }])
  })
})

test('an outcome lacks nothing that it demands, and what shall follow is kept with it', async ({
  office,
}) => {
  const alert = await openAlert(office)
  const outcome = { type: 'outcome', by: 'kim', outcome: 'transported', note: '' } as const
  expect(await order(office, alert, outcome)).toEqual({ kind: 'refused', why: 'incomplete' })
  const event = { ...outcome, happened: NINE - HOUR, who: '가상병원' }
  const followUps = [{ kind: 'visit', due: '2026-03-09', coordinator: 'kim', note: '' }] as const
  for (const key of ['a', 'a'])
    await command(office.pool, { alert, key, event, followUps }, office.voice, office.now)
  expect(await office.row('select kind, state, due::text from follow_up')).toEqual({
    kind: 'visit',
    state: 'open',
    due: '2026-03-09',
  })
})
