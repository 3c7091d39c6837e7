import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Plan, Step, Target } from '../../schemas/plan.ts'
import { Duty } from '../../schemas/roster.ts'
import { type Gap, LOOK_AHEAD, coverage } from '../../services/core/coverage.ts'
import { bandAt } from '../../services/core/office-hours.ts'
import { STANDARD_PLAN, stepsIn } from '../../services/core/plan.ts'
import { type Home, type Roster, recipients } from '../../services/core/roster.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { leave, rosterOf, rotation, since0, staff } from './rota.ts'

// A Monday at nine in Seoul.
const FROM = Date.parse('2026-03-09T09:00+09:00')
const SPAN = { from: FROM, until: FROM + LOOK_AHEAD }

const PEOPLE = [staff('kim', 'planner'), staff('lee', 'planner'), staff('park', 'duty')]
const HOME: Home = { office: 'gwanak', assignments: [since0('kim')] }

const stepsOf = (all: Target[][]) =>
  all.map((each): Step => ({ targets: each, channels: ['email'], wait: 1, repeats: 0, every: 1 }))

/** The standard plan with these ladders for a danger alone; nothing else tells anybody. */
function plan(targets: Target[][], night?: Target[][]): Plan {
  const { inactivity } = STANDARD_PLAN
  const silent = { ...inactivity.watch, steps: [] }
  const danger = { ...silent, steps: stepsOf(targets), ...(night ? { night: stepsOf(night) } : {}) }
  return {
    plan: 'made-up',
    version: 1,
    inactivity: { watch: silent, caution: silent, warning: silent, danger },
    blind: silent,
    sensor: silent,
    configuration: silent,
  }
}

/** Gaps as "lack from..until" in hours. */
function hours(gaps: readonly Gap[], lack?: Gap['lack']): string[] {
  return gaps
    .filter((gap) => lack === undefined || gap.lack === lack)
    .map((gap) => `${gap.lack} ${(gap.since - FROM) / HOUR}..${(gap.until - FROM) / HOUR}`)
}

const PLANNER: Target = { type: 'planner' }
const proven = (person: string) => ({
  person,
  channel: 'email' as const,
  address: `${person}@example.org`,
  proven: true,
  dead: false,
})
const CONTACTS = PEOPLE.map(({ person }) => proven(person))
const ROSTER = rosterOf(PEOPLE, { contacts: CONTACTS })

describe('I16: a home is covered', () => {
  test('while somebody is there whom something reaches', () => {
    expect(coverage(HOME, plan([[PLANNER]]), ROSTER, SPAN)).toEqual([])
  })

  test('not while the planner is on leave and nobody stands in', () => {
    const leaves = [leave('kim', FROM + DAY, FROM + 3 * DAY)]
    const gaps = coverage(HOME, plan([[PLANNER]]), { ...ROSTER, leaves }, SPAN)
    expect(hours(gaps)).toEqual(['nobody 24..72'])
    expect(gaps[0]).toMatchObject({
      matters: ['inactivity danger'],
      steps: [{ step: 0, meant: [{ outcome: 'on-leave', insteadOf: 'kim', person: null }] }],
    })
    const deputies = new Map([['kim', 'lee']])
    expect(coverage(HOME, plan([[PLANNER]]), { ...ROSTER, leaves, deputies }, SPAN)).toEqual([])
    // The deputy is away for the last hour of it.
    const both = [...leaves, leave('lee', FROM + 71 * HOUR, FROM + 80 * HOUR)]
    expect(
      hours(coverage(HOME, plan([[PLANNER]]), { ...ROSTER, leaves: both, deputies }, SPAN)),
    ).toEqual(['nobody 71..72'])
  })

  test('not after an assignment ends, nor while there is none', () => {
    const assignments = [{ ...since0('kim'), until: FROM + 5 * HOUR }]
    const gaps = coverage({ ...HOME, assignments }, plan([[PLANNER]]), ROSTER, SPAN)
    expect(hours(gaps)).toEqual([`nobody 5..${(14 * DAY) / HOUR}`])
    const none = coverage({ ...HOME, assignments: [] }, plan([[PLANNER]]), ROSTER, SPAN)
    expect(hours(none)).toEqual([`nobody 0..${(14 * DAY) / HOUR}`])
  })

  test('not in a turn that somebody was taken out of, and by night only where a rota is for the night', () => {
    const roster: Roster = {
      ...ROSTER,
      rotations: [rotation(['park'], { bands: ['night', 'holiday'] })],
      overrides: [
        {
          id: 1,
          rotation: 'desk',
          since: FROM + 20 * HOUR,
          until: FROM + 23 * HOUR,
          out: 'park',
          in: null,
          reason: '',
        },
      ],
    }
    const gaps = coverage(HOME, plan([[{ type: 'duty' }]]), roster, {
      from: FROM,
      until: FROM + DAY,
    })
    // From 09:00 to 18:00 the office works and the desk is not staffed; from 05:00 to 08:00 nobody has the turn.
    expect(hours(gaps)).toEqual(['nobody 0..9', 'nobody 20..23'])
  })

  test('on public holidays as on other days: the ladder of such days is looked at', () => {
    // Buddha's birthday is on Sunday 2026-05-24, so Monday the 25th is its substitute.
    const friday = Date.parse('2026-05-22T18:00+09:00')
    const tuesday = Date.parse('2026-05-26T09:00+09:00')
    const given = { ...plan([[PLANNER]]) }
    given.inactivity = {
      ...given.inactivity,
      danger: {
        ...given.inactivity.danger,
        holiday: [...plan([[{ type: 'care' }]]).inactivity.danger.steps],
      },
    }
    const gaps = coverage(HOME, given, ROSTER, { from: friday, until: tuesday + DAY })
    expect(gaps.map(({ since, until }) => [since, until])).toEqual([
      [Date.parse('2026-05-23T00:00+09:00'), Date.parse('2026-05-26T00:00+09:00')],
    ])
  })

  test('only in part while one of several steps reaches nobody', () => {
    const two = plan([[{ type: 'care' }], [PLANNER]])
    expect(hours(coverage(HOME, two, ROSTER, SPAN))).toEqual(['empty-step 0..336'])
  })

  test('not by ways that are dead, or were those of an address that is no more', () => {
    const dead = { ...ROSTER, contacts: [{ ...proven('kim'), dead: true }] }
    expect(hours(coverage(HOME, plan([[PLANNER]]), dead, SPAN))).toEqual(['nobody 0..336'])
    const moved = { ...proven('kim'), address: 'elsewhere@example.org' }
    for (const contacts of [[], [moved], [{ ...moved, dead: true }]])
      expect(hours(coverage(HOME, plan([[PLANNER]]), { ...ROSTER, contacts }, SPAN))).toEqual([
        'unproven 0..336',
      ])
  })

  test('not by a channel that is not set up', () => {
    const roster: Roster = { ...ROSTER, channels: ['webhook'] }
    expect(hours(coverage(HOME, plan([[PLANNER]]), roster, SPAN))).toEqual(['nobody 0..336'])
  })
})

const minutes = (most: number) => fc.integer({ min: 0, max: most / MINUTE }).map((n) => n * MINUTE)

describe('I16: at any instant', () => {
  const people = [...PEOPLE.map(({ person }) => person), 'gone']
  const anyone = fc.constantFrom(...people)
  const target = fc.constantFrom<Target>(
    PLANNER,
    { type: 'deputy' },
    { type: 'duty' },
    { type: 'care' },
    { type: 'person', person: 'lee' },
  )
  const ladder = fc.array(fc.array(target, { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 3,
  })
  const stretch = fc.tuple(minutes(16 * DAY), minutes(6 * DAY)).map(([start, length]) => ({
    since: FROM - DAY + start,
    until: FROM - DAY + start + length + MINUTE,
  }))
  const situation = fc.record({
    day: ladder,
    night: ladder,
    assignments: fc.array(
      fc
        .tuple(anyone, fc.constantFrom(...Duty.options), stretch)
        .map(([person, duty, span]) => ({ person, duty, ...span })),
      { maxLength: 4 },
    ),
    leaves: fc.array(
      fc.tuple(anyone, stretch).map(([person, span]) => leave(person, span.since, span.until)),
      { maxLength: 4 },
    ),
    deputies: fc.array(fc.tuple(anyone, anyone), { maxLength: 3 }),
    turns: fc.uniqueArray(anyone, { maxLength: 3 }),
    length: fc.integer({ min: 1, max: 60 }).map((n) => n * HOUR),
    changes: fc.array(
      fc
        .tuple(anyone, stretch)
        .map(([out, span]) => ({ id: 1, rotation: 'desk', ...span, out, in: null, reason: '' })),
      { maxLength: 2 },
    ),
  })

  test('the check says what a step would find then, and gaps lie within what was asked', () => {
    fc.assert(
      fc.property(situation, minutes(LOOK_AHEAD - MINUTE), (given, ahead) => {
        const roster = rosterOf(PEOPLE, {
          contacts: CONTACTS,
          leaves: given.leaves,
          deputies: new Map(given.deputies),
          rotations:
            given.turns.length > 0 ? [rotation(given.turns, { length: given.length })] : [],
          overrides: given.changes,
        })
        const home = { office: 'gwanak', assignments: given.assignments }
        const both = plan(given.day, given.night)
        const gaps = coverage(home, both, roster, SPAN)
        const at = FROM + ahead
        const steps = stepsIn(both.inactivity.danger, bandAt(at, roster.office))
        const empty = steps.map((step) => recipients(step, home, roster, at).length === 0)
        const said = gaps.filter(({ since, until }) => since <= at && at < until)
        const expected = empty.every(Boolean)
          ? ['nobody']
          : empty.some(Boolean)
            ? ['empty-step']
            : []
        expect(said.map(({ lack }) => lack)).toEqual(expected)
        expect(said.flatMap((gap) => gap.steps.map(({ step }) => step))).toEqual(
          empty.flatMap((is, n) => (is ? [n] : [])),
        )
        for (const { since, until } of gaps) {
          expect(since).toBeGreaterThanOrEqual(SPAN.from)
          expect(until).toBeLessThanOrEqual(SPAN.until)
          expect(until).toBeGreaterThan(since)
        }
      }),
      { numRuns: 300 },
    )
  })
})
