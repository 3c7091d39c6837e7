import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import type pg from 'pg'
import { AlertEvent, StaffEvent } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import type { Step } from '../../schemas/plan.ts'
import { type Grade, GRADES } from '../../schemas/signal.ts'
import { advance, graver, isClosed, open, wakeAt } from '../../services/core/escalation.ts'
import type { Case, Course, Decision } from '../../services/core/rungs.ts'
import { bandAt } from '../../services/core/office-hours.ts'
import { ladderFor, STANDARD_PLAN, stepsIn } from '../../services/core/plan.ts'
import { recipients } from '../../services/core/roster.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { command } from '../../services/store/commands.ts'
import { instant } from '../../services/store/pool.ts'
import { brokenRecords } from '../../services/store/record.ts'
import { rosterOf, since0 } from '../core/rota.ts'
import { type Office, staff, test } from './office.ts'

const anyPerson = fc.constantFrom('kim', 'park', 'oh')
const anyAct = fc.constantFrom(...StaffEvent.options.map((each) => each.shape.type.value))
const anyCommand = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('signal' as const), grade: fc.constantFrom(...GRADES) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.nat(45) }) },
  // The clock of the machine is set: an hour forward, or back.
  fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(60, -60) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), by: anyPerson }) },
  {
    weight: 5,
    // `times`: what a telephone sends twice because it has heard no answer.
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      act: anyAct,
      by: anyPerson,
      to: anyPerson,
      minutes: fc.integer({ min: 1, max: 70 }),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  fc.record({ do: fc.constant('return' as const) }),
)
type Command = typeof anyCommand extends fc.Arbitrary<infer T> ? T : never

const PEOPLE = [
  staff('kim', 'planner', { webhook: 'http://127.0.0.1/kim' }),
  staff('park', 'duty'),
  staff('oh', 'supervisor'),
]

/** What should have happened: the open case and every telling, as the reducer alone has it. */
type Model = { alert: Case | null; told: string[] }

function expectEvent(model: Model, event: AlertEvent, now: number): void {
  const decision = decide(model.alert, event, now)
  if (!decision) return
  const { alert, effects } = decision
  for (const effect of effects)
    if (effect.type === 'tell')
      for (const { person } of effect.people)
        model.told.push(
          `${alert.generation} ${effect.loop}.${effect.step}.${effect.times} ${person}`,
        )
  model.alert = isClosed(alert.state) ? null : alert
}

function decide(before: Case | null, event: AlertEvent, now: number): Decision | null {
  if (event.type !== 'signal') {
    return before && advance(before, event, courseOf(before.grade, now))
  }
  const course = courseOf(before ? graver(before.grade, event.grade) : event.grade, now)
  return before ? advance(before, event, course) : open(event.grade, false, course)
}

function courseOf(grade: Grade, now: number): Course {
  const ladder = ladderFor(STANDARD_PLAN, 'inactivity', grade)
  const home = { office: 'gwanak', assignments: [since0('kim')] }
  const of = (step: Step) => recipients(step, home, rosterOf(PEOPLE), now)
  const by = { channels: [...Channel.options], wait: 1, repeats: 0, every: 1 }
  const band = bandAt(now, rosterOf(PEOPLE).office)
  return {
    ladder,
    band,
    reach: stepsIn(ladder, band).map(of),
    find: (person) => of({ ...by, targets: [{ type: 'person', person }] })[0] ?? null,
    supervisors: of({ ...by, targets: [{ type: 'supervisor' }] }),
    asks: false,
    now,
  }
}

/** Does it to the store, and says what event it is. */
async function carryOut(office: Office, home: number, wanted: Command): Promise<AlertEvent | null> {
  const { pool, now } = office
  switch (wanted.do) {
    case 'wait':
      office.now += wanted.minutes * MINUTE
      return null
    case 'signal':
      return {
        type: 'signal',
        grade: wanted.grade,
        signal: await office.signal(home, wanted.grade),
      }
    case 'return':
      await pool.query(
        `insert into returned (household_id, kind, at) values ($1, 'inactivity', $2)`,
        [home, instant(now)],
      )
      return { type: 'activity', at: now }
    case 'acknowledge':
      return act(office, home, { type: 'acknowledge', by: wanted.by }, 1)
    case 'act':
      return act(office, home, staffEvent(wanted, now), wanted.times)
  }
}

function staffEvent(
  { act: type, by, to, minutes }: Extract<Command, { do: 'act' }>,
  now: number,
): StaffEvent {
  const until = now + minutes * MINUTE
  const asOf = { generation: 0, loop: 0, step: 0 }
  const all = { by, to, until, asOf, companion: null, reason: '까닭', text: '통화함', note: '' }
  return StaffEvent.parse({ ...all, type, outcome: 'safe', how: 'phone' })
}

/** Does it to the open alert, as often as it is sent under one key, and says what is on the record for it. */
async function act(
  office: Office,
  home: number,
  event: StaffEvent,
  times: number,
): Promise<AlertEvent | null> {
  const { pool, now, voice } = office
  const { rows } = await pool.query<{ id: number }>(
    `select id from alert where household_id = $1 and kind = 'inactivity'
       and state ->> 'state' not in ('resolved', 'cancelled')`,
    [home],
  )
  const alert = rows[0]?.id
  if (alert === undefined) return null
  const key = randomUUID()
  const answers = await Promise.all(
    Array.from({ length: times }, () => command(pool, { alert, key, event }, voice, now)),
  )
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
  const { event: last } = await office.row(
    'select event from alert_event where alert_id = $1 order by seq desc limit 1',
    [alert],
  )
  return AlertEvent.parse(last)
}

/**
 * One to four engines at once. The first may die: at any of its statements, before that is carried out or just after,
 * so that what it was about to learn is lost.
 */
async function sweep(office: Office, engines: number, dies: number | null): Promise<void> {
  if (dies !== null) {
    await office.escalate('lives', mortal(office.pool, dies)).catch((error: unknown) => {
      expect(String(error)).toContain('the engine died')
    })
    for (const error of office.errors.splice(0)) expect(error).toContain('the engine died')
  }
  await Promise.all(Array.from({ length: engines }, () => office.escalate()))
}

/** A pool whose every client is gone from its nth statement on, counted over all of them. */
function mortal(pool: pg.Pool, statements: number): pg.Pool {
  let left = statements
  const dying = async (run: () => Promise<unknown>, text: unknown) => {
    if (text === 'rollback') return run()
    left -= 1
    if (left > 0) return run()
    // Every other time the server has done it, and nobody is there any more to hear so.
    if (left === 0 && statements % 2 === 1) await run()
    throw new Error(`the engine died at: ${String(text).slice(0, 60)}`)
  }
  const watched = (target: pg.Pool | pg.PoolClient): unknown =>
    new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name)
        if (name === 'query')
          return (text: string, values: unknown[]) => dying(() => of.query(text, values), text)
        if (name === 'connect') return async () => watched(await pool.connect())
        return typeof value === 'function' ? value.bind(of) : value
      },
    })
  // A proxy of a pool is one.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return watched(pool) as pg.Pool
}

const RUNS = Number(process.env['CHAOS_RUNS'] ?? 30)

test(
  'I1, I15, I18: whatever happens, with however many engines that die anywhere, on clocks that jump, the store does what the reducer says',
  async ({ office }) => {
    let homes = 0
    const engine = fc.option(fc.integer({ min: 1, max: 60 }))
    const step = fc.tuple(anyCommand, fc.integer({ min: 1, max: 4 }), engine)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const home = await office.home(`h-${homes++}`)
        // However far back the clock is set, kim answers for it.
        await office.pool.query(`update assignment set since = 'epoch'`)
        const model: Model = { alert: null, told: [] }
        for (const [wanted, engines, dies] of steps) {
          const event = await carryOut(office, home, wanted)
          if (event) expectEvent(model, event, office.now)
          await sweep(office, engines, dies)
          // Two timers of one alert may be due: each sweep runs one.
          for (let ticks = 0; ticks < 3; ticks++) {
            await office.escalate()
            expectEvent(model, { type: 'tick' }, office.now)
          }
          await compare(office, home, model)
        }
        expect(await brokenRecords(office.pool)).toEqual([])
        // The next home begins without what this one still waits for.
        await office.pool.query(`delete from household where id = $1`, [home])
        office.now += HOUR
      }),
      { numRuns: RUNS },
    )
  },
  RUNS * 4000,
)

async function compare({ pool }: Office, home: number, model: Model): Promise<void> {
  const { rows } = await pool.query<Case & { due: number | null }>(
    `select grade, generation, signals, state, offer, offers, deferrals, cancelling, due_at as due from alert
     where household_id = $1 and kind = 'inactivity'
       and state ->> 'state' not in ('resolved', 'cancelled')`,
    [home],
  )
  expect(rows).toEqual(model.alert ? [{ ...model.alert, due: wakeAt(model.alert) }] : [])
  const told = await pool.query<{ line: string }>(
    `select format('%s %s.%s.%s %s', delivery.generation, loop, step, times, person) as line
     from delivery join alert on alert.id = alert_id
     where household_id = $1 and kind = 'inactivity' and purpose not in ('taken', 'closed')
     order by delivery.id`,
    [home],
  )
  expect(told.rows.map(({ line }) => line)).toEqual(model.told)
  const stale = await pool.query(
    `select from delivery d join alert a on a.id = d.alert_id
     where d.state = 'queued' and d.generation < a.generation`,
  )
  expect(stale.rowCount).toBe(0)
}
