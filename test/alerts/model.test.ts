import { randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect } from 'vitest'
import { AlertEvent, StaffEvent } from '../../schemas/alert.ts'
import { GRADES } from '../../schemas/signal.ts'
import { askResidents } from '../../services/alerts/ask.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { answerAsk } from '../../services/store/asks.ts'
import { command } from '../../services/store/commands.ts'
import { addPerson } from '../../services/store/homes.ts'
import { instant } from '../../services/store/pool.ts'
import { brokenRecords } from '../../services/store/record.ts'
import {
  endAbsences,
  expectNobodyPaged,
  expectVoice,
  goOnLeave,
  lengthen,
  newest,
  tellAbsence,
} from './away.ts'
import { anyCommand, anyPerson, type Command, STORY } from './events.ts'
import { type Flaky, MANNERS, openFlaky } from './flaky.ts'
import { type Deaths, type Fate, isDeath, mortal } from './mortal.ts'
import { type Office, test } from './office.ts'
import {
  compare,
  expectAbsences,
  expectEvent,
  expectLeaves,
  expectNothingStale,
  isDue,
  type Model,
  PEOPLE,
} from './oracle.ts'
import { openWakers, type Wakers } from './wakers.ts'

const RUNS = Number(process.env['CHAOS_RUNS'] ?? 30)
// What a failure has printed, to see it again.
const SEED = process.env['CHAOS_SEED']
const PATH = process.env['CHAOS_PATH']

// From so many runs on each point has a story of its own.
const THOROUGH = 500
const POINTS = await namedPoints()

const anyFate: fc.Arbitrary<Fate | null> = fc.option(
  fc.record({
    at: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(...POINTS)),
    done: fc.boolean(),
  }),
  { freq: 3 },
)
// What the providers make of the messages that are sent, and who takes the case just when a sender has taken a message
// and not looked yet whether it is still meant.
const anySending = fc.record({
  manners: fc.array(fc.constantFrom(...MANNERS), { minLength: 1, maxLength: 4 }),
  taker: fc.option(anyPerson, { freq: 2 }),
})
const anyStep = fc.record({
  sending: fc.option(anySending, { freq: 2 }),
  command: anyCommand,
  engines: fc.integer({ min: 1, max: 4 }),
  fate: anyFate,
  queue: fc.constantFrom('still' as const, 'still' as const, 'woken' as const, 'flushed' as const),
})
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never
// Without a case there is little to be done.
const anySteps = fc
  .tuple(anyStep, fc.constantFrom(...GRADES), fc.array(anyStep, { minLength: 2, maxLength: 14 }))
  .map(([first, grade, rest]): Step[] => [{ ...first, command: { do: 'signal', grade } }, ...rest])

/** A case in which every point is come to, lived by processes of this fate. */
function story(fate: Fate): Step[] {
  return STORY.map(([wanted, manners]) => ({
    command: wanted,
    sending: manners ? { manners: [...manners], taker: null } : null,
    engines: 2,
    fate,
    queue: 'still',
  }))
}

/** All that the runs of one test share. */
type World = {
  readonly office: Office
  readonly flaky: Flaky
  readonly wakers: Wakers
  readonly deaths: Deaths
}

/** Does it to the store as a process would that may die in the midst of it, and says what event it is. */
async function carryOut(
  { office, flaky, deaths }: World,
  model: Model,
  home: number,
  { command: wanted, fate }: Step,
): Promise<AlertEvent | null> {
  const frail = mortal(office.pool, fate, deaths)
  if (wanted.do === 'act')
    return act(office, home, { event: staffEvent(wanted, office.now), times: wanted.times }, frail)
  if (wanted.do === 'answer') return answer(office, home, wanted.answer, frail)
  if (wanted.do === 'signal' || wanted.do === 'return') return befall(office, home, wanted)
  await prepare({ office, flaky }, model, home, wanted, frail)
  return null
}

async function befall(
  office: Office,
  home: number,
  wanted: Extract<Command, { do: 'signal' | 'return' }>,
): Promise<AlertEvent> {
  const { pool, now } = office
  if (wanted.do === 'signal')
    return { type: 'signal', grade: wanted.grade, signal: await office.signal(home, wanted.grade) }
  await pool.query(`insert into returned (household_id, kind, at) values ($1, 'inactivity', $2)`, [
    home,
    instant(now),
  ])
  return { type: 'activity', at: now }
}

// What is no event of the case itself.
async function prepare(
  { office, flaky }: Pick<World, 'office' | 'flaky'>,
  model: Model,
  home: number,
  wanted: Exclude<Command, { do: 'act' | 'answer' | 'signal' | 'return' }>,
  frail: Office['pool'],
): Promise<void> {
  if (wanted.do === 'wait') office.now += wanted.minutes * MINUTE
  if (wanted.do === 'leave') await goOnLeave(office, model, wanted.by)
  if (wanted.do === 'absence') await tellAbsence(office, model, wanted)
  if (wanted.do === 'longer') await lengthen(office, model, wanted)
  if (wanted.do === 'sos') await office.signal(home, 'danger', 'sos')
  if (wanted.do === 'back') await endAbsences(office, model)
  if (wanted.do !== 'call') return
  await survive(() => flaky.call(wanted.list, frail))
  await flaky.call(wanted.list, office.pool)
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

const OPEN = `household_id = $1 and kind = 'inactivity' and state ->> 'state' not in ('resolved', 'cancelled')`

/** Does it to the open alert, as often as it is sent under one key, and says what is on the record for it. */
async function act(
  office: Office,
  home: number,
  { event, times }: { readonly event: StaffEvent; readonly times: number },
  frail: Office['pool'],
): Promise<AlertEvent | null> {
  const { pool, now, voice } = office
  const { rows } = await pool.query<{ id: number }>(`select id from alert where ${OPEN}`, [home])
  const alert = rows[0]?.id
  if (alert === undefined) return null
  const key = randomUUID()
  const order = { alert, key, event, followUps: FOLLOW_UPS }
  await survive(() => command(frail, order, voice, now))
  const answers = await Promise.all(
    Array.from({ length: times }, () => command(pool, order, voice, now)),
  )
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
  const { event: last } = await office.row(
    'select event from alert_event where alert_id = $1 order by seq desc limit 1',
    [alert],
  )
  return AlertEvent.parse(last)
}

const FOLLOW_UPS = [{ kind: 'visit', due: '2026-03-09', coordinator: 'kim', note: '' }] as const

async function answer(
  { pool, now, voice }: Office,
  home: number,
  given: 'fine' | 'help',
  frail: Office['pool'],
): Promise<AlertEvent | null> {
  const { rows } = await pool.query<{ id: number }>(
    `select id from ask where answer is null and alert_id in (select id from alert where ${OPEN})
     order by id desc limit 1`,
    [home],
  )
  const ask = rows[0]?.id
  if (ask === undefined) return null
  await survive(() => answerAsk(frail, ask, given, voice, now))
  expect(await answerAsk(pool, ask, given, voice, now)).toBe(given)
  return { type: 'resident', answer: given }
}

/** One to four engines at once, of which the first may die, and engines that the queue wakes, which may be flushed. */
async function sweep({ office, wakers, deaths }: World, step: Step): Promise<void> {
  const { engines, fate, queue } = step
  await survive(() => office.escalate('lives', mortal(office.pool, fate, deaths)))
  for (const error of office.errors.splice(0)) expect(error).toContain('the process')
  const woken = queue === 'still' ? [] : [wakers.wake(engines, queue === 'flushed')]
  await Promise.all([...woken, ...Array.from({ length: engines }, () => office.escalate())])
}

const ask = () => Promise.resolve({ taken: true, detail: '' })

async function deliver(
  { office, flaky, deaths }: World,
  model: Model,
  home: number,
  { sending, engines, fate }: Step & { readonly sending: NonNullable<Step['sending']> },
): Promise<void> {
  flaky.manners = sending.manners
  let { taker } = sending
  const frail = mortal(office.pool, fate, deaths, async (point) => {
    if (taker === null || point !== 'lookAhead: read delivery') return
    const event = { type: 'acknowledge', by: taker } as const
    taker = null
    const taken = await act(office, home, { event, times: 1 }, office.pool)
    model.raced = true
    if (taken) expectEvent(model, taken, office.now)
  })
  const { pool, log, now } = office
  const clock = { now: () => now, speed: 1, after: () => Promise.reject(new Error('unused')) }
  await survive(() => askResidents({ pool: frail, clock, log, ask }))
  const died = await survive(() => office.deliver(flaky.channels, frail))
  if (died) flaky.forget()
  await askResidents({ pool, clock, log, ask })
  await Promise.all(Array.from({ length: engines }, () => office.deliver(flaky.channels)))
}

/** Does something in a process that may die of it, and says whether it did. */
async function survive(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (!isDeath(error)) throw error
    return true
  }
}

async function live(world: World, name: string, steps: readonly Step[]): Promise<void> {
  const { office, wakers, flaky } = world
  const home = await office.home(name)
  // However far back the clock is set, kim answers for it.
  await office.pool.query(`update assignment set since = 'epoch'`)
  const model: Model = {
    household: name,
    alert: null,
    told: [],
    leaves: [],
    absences: [],
    raced: false,
    called: false,
  }
  try {
    for (const step of steps) await takeStep(world, model, home, step)
    await expectVoice(office, model)
    expect(await brokenRecords(office.pool)).toEqual([])
    // Whatever waits is looked at by a sender: what nobody means any more does not leave.
    office.now += HOUR
    flaky.manners = ['ok']
    await office.deliver(flaky.channels)
    await expectNothingStale(office.pool)
  } finally {
    await wakers.quiet()
    flaky.clear()
    await clear(office)
  }
}

async function takeStep(world: World, model: Model, home: number, step: Step): Promise<void> {
  const { office, flaky } = world
  const before = { ...model, newest: await newest(office.pool), now: office.now }
  const event = await carryOut(world, model, home, step)
  if (event) expectEvent(model, event, office.now)
  await sweep(world, step)
  expectLeaves(model, office.now)
  expectAbsences(model, office.now)
  // Two timers of one alert may be due: each sweep runs one.
  for (let ticks = 0; ticks === 0 || isDue(model, office.now); ticks++) {
    expect(ticks).toBeLessThan(4)
    await office.escalate()
    expectEvent(model, { type: 'tick' }, office.now)
  }
  if (step.sending) await deliver(world, model, home, { ...step, sending: step.sending })
  await compare(office, home, model)
  await expectNobodyPaged(office, before, model, step.command.do === 'act' || step.sending !== null)
  await flaky.check()
}

// The next home begins without what this one still waits for.
async function clear(office: Office): Promise<void> {
  for (const table of ['household', 'leave', 'contact', 'channel_fault', 'breaker'])
    await office.pool.query(`delete from ${table}`)
  office.now += HOUR
}

test(
  'I1, I15, I18: whatever happens, with however many engines that die anywhere, a queue that is flushed, callbacks in any order and clocks that jump, the store does what the reducer says',
  async ({ office, url }) => {
    for (const person of PEOPLE) await addPerson(office.pool, person)
    office.asks = true
    office.pass = (alert, person, generation) => `${alert} ${person} ${generation}`
    await using wakers = await openWakers(office, url)
    const world: World = { office, wakers, flaky: openFlaky(office), deaths: new Map() }
    const progress = teller(RUNS)
    let homes = 0
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        await live(world, `h-${homes++}`, steps)
        progress()
      }),
      {
        numRuns: RUNS,
        examples: RUNS < THOROUGH ? [] : POINTS.map((at, n) => [story({ at, done: n % 2 === 0 })]),
        ...(SEED !== undefined && { seed: Number(SEED) }),
        ...(PATH !== undefined && { path: PATH }),
      },
    )
    expectPoints(world.deaths)
  },
  RUNS * 6000,
)

/** Says now and then how far the runs are, how fast, and how long they will take. */
function teller(runs: number): () => void {
  const began = performance.now()
  let done = 0
  return () => {
    done += 1
    if (runs < 100 || done % 20 > 0) return
    const rate = done / ((performance.now() - began) / 1000)
    const left = Math.round((runs - done) / rate)
    writeSync(2, `${done} of ${runs} runs, ${rate.toFixed(2)} a second, ${left} s left\n`)
  }
}

/** Every point of docs/escalation.md at which a process may die. */
async function namedPoints(): Promise<string[]> {
  const page = await readFile(new URL('../../docs/escalation.md', import.meta.url), 'utf8')
  const list = page.split('## Where a process may die')[1]?.split('\n## ')[0] ?? ''
  return [...list.matchAll(/`(\w+: [\w ]+)`/g)].map(([, point = '']) => point)
}

/**
 * Every point that anything came to must be named in the docs. In as many runs as CHAOS_RUNS commonly asks for, somebody
 * must have died at each of them too.
 */
function expectPoints(deaths: Deaths): void {
  expect([...deaths.keys()].filter((point) => !POINTS.includes(point))).toEqual([])
  if (RUNS < THOROUGH) return
  const died = POINTS.map((point) => `${point}: died ${deaths.get(point)?.died ?? 0} times`)
  writeSync(2, `${died.join('\n')}\n`)
  expect(died.filter((line) => line.endsWith(': died 0 times'))).toEqual([])
}
