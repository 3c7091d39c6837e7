import fc from 'fast-check'
import { expect } from 'vitest'
import { type AlertEvent, OUTCOMES } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import type { Step } from '../../schemas/plan.ts'
import { type Grade, GRADES } from '../../schemas/signal.ts'
import { advance, graver, isClosed, open, wakeAt } from '../../services/core/escalation.ts'
import type { Case, Course, Decision } from '../../services/core/rungs.ts'
import { bandAt } from '../../services/core/office-hours.ts'
import { ladderFor, STANDARD_PLAN, stepsIn } from '../../services/core/plan.ts'
import { recipients } from '../../services/core/roster.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { instant } from '../../services/store/pool.ts'
import { rosterOf, since0 } from '../core/rota.ts'
import { type Office, staff, test } from './office.ts'

const anyPerson = fc.constantFrom('kim', 'park', 'oh')
const anyCommand = fc.oneof(
  fc.record({ do: fc.constant('signal' as const), grade: fc.constantFrom(...GRADES) }),
  fc.record({ do: fc.constant('wait' as const), minutes: fc.nat(45) }),
  fc.record({ do: fc.constant('acknowledge' as const), by: anyPerson }),
  fc.record({
    do: fc.constant('outcome' as const),
    by: anyPerson,
    outcome: fc.constantFrom(...OUTCOMES),
  }),
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
async function run(office: Office, home: number, command: Command): Promise<AlertEvent | null> {
  const { pool, now } = office
  switch (command.do) {
    case 'wait':
      office.now += command.minutes * MINUTE
      return null
    case 'signal':
      return {
        type: 'signal',
        grade: command.grade,
        signal: await office.signal(home, command.grade),
      }
    case 'return':
      await pool.query(
        `insert into returned (household_id, kind, at) values ($1, 'inactivity', $2)`,
        [home, instant(now)],
      )
      return { type: 'activity', at: now }
    case 'acknowledge':
      return act(office, home, { type: 'acknowledge', by: command.by })
    case 'outcome': {
      const { by, outcome } = command
      return act(office, home, { type: 'outcome', by, outcome, note: '' })
    }
  }
}

type Act = Extract<AlertEvent, { type: 'acknowledge' | 'outcome' }>

async function act({ pool, now }: Office, home: number, event: Act): Promise<AlertEvent> {
  const { rows } = await pool.query<{ id: number }>(
    `select id from alert where household_id = $1 and state ->> 'state' <> 'resolved'`,
    [home],
  )
  await applyEvent(pool, rows[0]?.id ?? 0, event, now)
  return event
}

/** One to three engines at once, of which the first may die before it has committed anything. */
async function sweep(office: Office, model: Model, engines: number, dies: boolean): Promise<void> {
  if (dies) {
    await office.escalate('dies')
    for (const error of office.errors.splice(0)) expect(error).toContain('the engine died')
  }
  await Promise.all(Array.from({ length: engines }, () => office.escalate()))
  expectEvent(model, { type: 'tick' }, office.now)
}

test('whatever happens, with however many engines that die, the store does what the reducer says', async ({
  office,
}) => {
  let homes = 0
  const step = fc.tuple(anyCommand, fc.integer({ min: 1, max: 3 }), fc.boolean())
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const home = await office.home(`h-${homes++}`)
      const model: Model = { alert: null, told: [] }
      for (const [command, engines, dies] of steps) {
        const event = await run(office, home, command)
        if (event) expectEvent(model, event, office.now)
        await sweep(office, model, engines, dies)
        await compare(office, home, model)
      }
      // The next home begins without what this one still waits for.
      await office.pool.query('update alert set due_at = null where household_id = $1', [home])
      office.now += HOUR
    }),
    { numRuns: 15 },
  )
}, 60_000)

async function compare({ pool }: Office, home: number, model: Model): Promise<void> {
  const { rows } = await pool.query<Case & { due: number | null }>(
    `select grade, generation, signals, state, offer, deferrals, cancelling, due_at as due from alert
     where household_id = $1 and state ->> 'state' <> 'resolved'`,
    [home],
  )
  expect(rows).toEqual(model.alert ? [{ ...model.alert, due: wakeAt(model.alert) }] : [])
  const told = await pool.query<{ line: string }>(
    `select format('%s %s.%s.%s %s', delivery.generation, loop, step, times, person) as line
     from delivery join alert on alert.id = alert_id where household_id = $1 order by delivery.id`,
    [home],
  )
  expect(told.rows.map(({ line }) => line)).toEqual(model.told)
  const stale = await pool.query(
    `select from delivery d join alert a on a.id = d.alert_id
     where d.state = 'queued' and d.generation < a.generation`,
  )
  expect(stale.rowCount).toBe(0)
}
