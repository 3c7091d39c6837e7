import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NewAbsence } from '../../schemas/absence.ts'
import { AbsenceCause } from '../../schemas/household.ts'
import { GRADES } from '../../schemas/signal.ts'
import {
  type Planned,
  consider,
  endOf,
  isAbsent,
  isLong,
  stirred,
} from '../../services/core/absence.ts'
import { POLICIES, judge } from '../../services/core/inactivity.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { TEN, home } from './quiet-home.ts'

function planned(rest: Partial<Planned> = {}): Planned {
  return {
    cause: 'hospital',
    since: TEN,
    until: TEN + 5 * DAY,
    ended: null,
    withheld: null,
    ...rest,
  }
}

const anyPlanned = fc
  .record({
    cause: fc.constantFrom(...AbsenceCause.options),
    since: fc.integer({ min: TEN - 2 * DAY, max: TEN + 2 * DAY }),
    length: fc.integer({ min: 1, max: 8 * DAY }),
    ended: fc.option(fc.integer({ min: 0, max: 8 * DAY })),
    withheld: fc.constantFrom(null, ...GRADES),
  })
  .map(({ since, length, ended, ...rest }) => ({
    ...rest,
    since,
    until: since + length,
    ended: ended === null ? null : since + ended,
  }))

describe('an absence', () => {
  test('that holds raises nothing, and is looked at again when it ends at the latest', () => {
    fc.assert(
      fc.property(anyPlanned, fc.nat(10 * DAY), (absence, after) => {
        const now = TEN + after
        fc.pre(isAbsent(absence, now))
        const considered = consider(home(), absence, now)
        expect(considered.withheld).toBe(true)
        expect(considered.deadline).toBeLessThanOrEqual(endOf(absence))
        if (considered.kind === 'unusual' && absence.withheld !== null)
          expect(GRADES.indexOf(considered.grade)).toBeGreaterThan(GRADES.indexOf(absence.withheld))
      }),
    )
  })

  test('that is over hides no silence that begins after it', () => {
    fc.assert(
      fc.property(anyPlanned, fc.integer({ min: 0, max: 6 * DAY }), (absence, after) => {
        const lastActivity = endOf(absence)
        const quiet = home({ lastActivity, lastInner: lastActivity })
        const now = lastActivity + after
        expect(consider(quiet, absence, now)).toEqual({ ...judge(quiet, now), withheld: false })
      }),
    )
  })

  test('that is over delays no grade by more than the time it lasted and the silence itself', () => {
    fc.assert(
      fc.property(anyPlanned, (absence) => {
        fc.pre(endOf(absence) > TEN && absence.since <= endOf(absence))
        const now = endOf(absence) + 4 * POLICIES.high.ceiling
        expect(consider(home(), absence, now)).toMatchObject({ kind: 'unusual', grade: 'danger' })
      }),
    )
  })

  test('is on the record with what it held back, each grade once', () => {
    const due = judge(home(), TEN).deadline ?? 0
    expect(consider(home(), planned(), due)).toMatchObject({
      kind: 'unusual',
      grade: 'watch',
      withheld: true,
    })
    expect(consider(home(), planned({ withheld: 'watch' }), due)).toMatchObject({
      kind: 'calm',
      withheld: true,
    })
  })

  test('that ends by itself while the home is quiet is asked about at once, and once', () => {
    const end = TEN + 5 * DAY
    expect(consider(home(), planned(), end)).toMatchObject({
      kind: 'unusual',
      grade: 'caution',
      due: end,
      withheld: false,
      reason: { rule: 'absence', cause: 'hospital', from: TEN, until: end, silentFor: 5 * DAY },
    })
    const next = consider(home({ raised: 'caution' }), planned(), end)
    expect(next.kind).toBe('calm')
    // The time away was no silence: the ceiling of warning is 48 h after the end, and not long past.
    expect(next.deadline).toBeGreaterThan(end)
    expect(next.deadline).toBeLessThanOrEqual(end + 48 * HOUR)
  })

  test('that a person ended is not asked about, and the silence counts from then on', () => {
    const ended = TEN + 3 * DAY
    const after = consider(home(), planned({ ended }), ended)
    expect(after.kind).toBe('calm')
    expect(after.deadline).toBeGreaterThan(ended)
  })

  test('that ends in a home that was lively until then is asked about by nobody', () => {
    const end = TEN + 5 * DAY
    const lastActivity = end - 20 * 60_000
    expect(consider(home({ lastActivity, lastInner: lastActivity }), planned(), end).kind).toBe(
      'calm',
    )
  })

  test('teaches nothing of who is back: what was scant meanwhile is not told of', () => {
    const end = TEN + 5 * DAY
    const at = end + HOUR
    const noisy = { lastActivity: at, lastInner: at, scant: end - 2 * DAY }
    expect(consider(home(noisy), planned(), at)).toMatchObject({ kind: 'calm' })
    const later = { lastActivity: end + DAY, lastInner: end + DAY, scant: end - DAY }
    expect(consider(home(later), planned(), end + DAY)).toMatchObject({
      kind: 'unusual',
      due: end + DAY,
    })
  })

  test('whose end somebody has confirmed since is over', () => {
    const end = TEN + 5 * DAY
    const confirmed = end + HOUR
    expect(consider(home({ confirmed }), planned(), confirmed + 1).kind).toBe('calm')
  })

  test('of more than 14 days is long', () => {
    expect(isLong({ since: 0, until: 14 * DAY })).toBe(false)
    expect(isLong({ since: 0, until: 14 * DAY + 1 })).toBe(true)
  })

  test('has an end after its begin, a reason, and a length that somebody will remember', () => {
    const good = { ...planned(), household: 'made-up-1', author: 'kim', reason: '무릎 수술' }
    expect(NewAbsence.safeParse(good).success).toBe(true)
    for (const bad of [
      { until: good.since },
      { until: undefined },
      { until: null },
      { reason: ' ' },
      { until: good.since + 181 * DAY },
      { cause: 'muted', until: good.since + 31 * DAY },
    ])
      expect(NewAbsence.safeParse({ ...good, ...bad }).success).toBe(false)
  })
})

const stir = (quarters: number, hours: number) => ({ quarters, first: 0, last: hours * HOUR })

test('movement in an absence is asked about from half an hour on, and ends it when somebody lives there', () => {
  const trip = { cause: 'trip' } as const
  expect(stirred(trip, stir(1, 0))).toBe('none')
  expect(stirred(trip, stir(2, 0.25))).toBe('asks')
  expect(stirred(trip, stir(40, 7.75))).toBe('asks')
  expect(stirred(trip, stir(11, 20))).toBe('asks')
  expect(stirred({ cause: 'hospital' }, stir(12, 8))).toBe('back')
  for (const cause of ['consent', 'muted'] as const)
    expect(stirred({ cause }, stir(96, 24))).toBe('none')
})
