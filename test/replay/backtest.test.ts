import { expect } from 'vitest'
import { type Question, ask } from '../../services/commands/backtest-run.ts'
import { pageOf } from '../../services/commands/backtest-page.ts'
import { missed, textOf } from '../../services/commands/backtest-text.ts'
import { STAFF } from '../../services/commands/replay-house.ts'
import { readTrial } from '../../services/core/settings.ts'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'
import { addHousehold, addPerson } from '../../services/store/homes.ts'
import { makePartitions } from '../../services/store/readings.ts'
import { test } from '../database.ts'

const FROM = Date.parse('2026-03-02T00:00:00+09:00')
const DAYS = 40
const TO = FROM + DAYS * DAY
// On day 35, after 10:00, nothing more: a fall, found in the evening of the next day.
const LAST = FROM + 34 * DAY + 10 * HOUR

const trial = (text: string) => {
  const read = readTrial(text)
  if ('wrong' in read) throw new Error(read.wrong)
  return read
}

const question = (...would: string[]): Question => ({
  households: null,
  office: null,
  from: FROM + 10 * DAY,
  to: TO,
  was: [],
  would: would.map(trial),
})

const lively = test.extend('lively', async ({ pool }) => {
  for (const person of STAFF) await addPerson(pool, person)
  await makePartitions(pool, FROM, TO)
  for (const household of ['falls', 'lives']) {
    const place = { office: 'gasang-gu', alias: household, dong: '가상동', planner: 'planner' }
    await addHousehold(pool, { household, timeZone: 'Asia/Seoul', tier: 'high', ...place }, FROM)
  }
  // Movement in every other quarter hour from 07:00 to 22:00.
  await pool.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select h.id, at, 2, 0, 1 from household h
     cross join generate_series($1::timestamptz, $2::timestamptz - interval '15 minutes', interval '30 minutes') as at
     where extract(hour from at at time zone 'Asia/Seoul') between 7 and 21
       and (h.household = 'lives' or at < $3)`,
    [new Date(FROM), new Date(TO), new Date(LAST)],
  )
  return pool
})

/** What really happened: told by the ceiling so many hours after the last movement, and how it ended. */
const told = async (pool: Parameters<typeof ask>[0], outcome: string, hours = 24) => {
  await pool.query(
    `insert into plan (plan, version, body) values ('standard', 99, '{}') on conflict do nothing`,
  )
  const due = new Date(LAST - QUARTER + hours * HOUR)
  await pool.query(
    `with case_of as (
       insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at, state)
       select id, 'inactivity', 'caution', 0, 1, 'standard', 99, $1::timestamptz,
         jsonb_build_object('state', 'resolved', 'by', 'planner', 'outcome', $2::text, 'at', 0)
       from household where household = 'falls' returning id, household_id
     )
     insert into signal (household_id, kind, grade, due_at, at, reason, model, alert_id)
     select household_id, 'inactivity', 'caution', $1, $1, jsonb_build_object('rule', 'ceiling', 'since', $3::bigint),
       'earlier', id from case_of`,
    [due, outcome, LAST - QUARTER],
  )
}

lively(
  'a real emergency that was told of by the hours of the tier would have come hours earlier by its rhythm',
  async ({ lively: pool }) => {
    await told(pool, 'transported')
    const answer = await ask(pool, question('budget=0.3'), () => undefined)
    expect(answer).toMatchObject({ homes: 2, real: 1 })
    // 30 of the 40 days of two homes.
    expect(answer.homeMonths).toBeCloseTo(60 / 30.44, 6)
    const [real] = answer.differences.filter(({ was }) => was !== null)
    expect(real).toMatchObject({
      household: 'falls',
      was: { outcome: 'transported' },
      change: { kind: 'earlier' },
    })
    expect(real?.change.by).toBeLessThan(-10 * HOUR)
    const text = textOf(answer, 'Asia/Seoul', 'en')
    expect(text).toMatch(/Every real emergency would have come at the same time, or earlier/)
    expect(text).toMatch(/falls {2}.*transported/)
  },
)

lively(
  'a setting that would have cost an emergency its time is called what it is, in the table and on the page',
  async ({ lively: pool }) => {
    // Really told after two hours; nothing here would tell of it so soon.
    await told(pool, 'found-dead', 2)
    const answer = await ask(pool, question('budget=0.001', 'ceiling=72h'), () => undefined)
    expect(missed(answer)).toMatchObject([
      { household: 'falls', was: { outcome: 'found-dead' }, change: { kind: 'later' } },
    ])
    expect(textOf(answer, 'Asia/Seoul', 'en')).toMatch(
      /Beware: real emergencies.*:\n {2}falls.*found dead/,
    )
    const page = pageOf(
      answer,
      { was: [], would: ['budget=0.001', '<b>'], timeZone: 'Asia/Seoul' },
      'ko',
    )
    expect(page).toContain('2026년 3월 12일~4월 11일')
    expect(page).toContain('&lt;b&gt;')
    expect(page).not.toMatch(/<script|https?:/)
    expect(page.match(/<svg/g)).toHaveLength(3)
  },
)

lively(
  'what nobody raised is the same twice, and a month is a month of the home',
  async ({ lively: pool }) => {
    const answer = await ask(pool, question('tier.low.ceiling=20h'), () => undefined)
    // No home is of that tier: both columns are one.
    expect(answer.would).toEqual(answer.was)
    expect(answer.months.every(({ was, would }) => was === would)).toBe(true)
    expect(answer.differences.every(({ change }) => change.kind === 'new')).toBe(true)
    const one = await ask(pool, { ...question(), households: ['lives'] }, () => undefined)
    expect(one.homes).toBe(1)
  },
)

lively(
  'where the history of a store ends nobody is silent: it was stopped, or is a copy of another',
  async ({ lively: pool }) => {
    const end = TO - 2 * DAY
    await pool.query('delete from activity where quarter >= $1', [new Date(end)])
    const lives = { ...question(), households: ['lives'] }
    const later = async () => {
      const { differences } = await ask(pool, lives, () => undefined)
      return differences.flatMap(({ would }) => (would && would.due > end ? [would.rule] : []))
    }
    // Two days without a sign of life, had ingest been there to hear one.
    expect(await later()).not.toEqual([])
    await pool.query(`insert into pulse (service, at) values ('ingest', $1)`, [new Date(end)])
    expect(await later()).toEqual([])
    // Asked long after, it is asked of the last 30 days that it heard.
    const copy = { ...lives, from: TO + 60 * DAY, to: TO + 90 * DAY }
    const { question: asked, homeMonths } = await ask(pool, copy, () => undefined)
    expect([asked.from, asked.to]).toEqual([end - 30 * DAY, end])
    expect(homeMonths).toBeCloseTo(30 / 30.44, 6)
  },
)
