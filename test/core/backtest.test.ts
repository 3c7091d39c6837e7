import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Millis } from '../../schemas/time.ts'
import { type Foreseen, foresee, foreseeEach } from '../../services/core/backtest.ts'
import { type Told, compare, toldOf } from '../../services/core/comparison.ts'
import { type Life, type Sign, lifeOf } from '../../services/core/evaluation/life.ts'
import { type CountedQuarter, signsOf } from '../../services/core/history.ts'
import { POLICIES } from '../../services/core/inactivity.ts'
import { readTrial, tried } from '../../services/core/settings.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'

const FROM = Date.parse('2026-03-02T00:00:00+09:00')

const head = (days: number): Omit<Life, 'at' | 'exit' | 'sensor'> => ({
  household: 'made-up',
  timeZone: 'Asia/Seoul',
  tier: 'high',
  from: FROM,
  to: FROM + days * DAY,
  unseen: [],
  out: [],
  readings: 0,
})

/** Movement every half hour from 07:00 to 22:00, up to an hour of the last day. */
const regular = (days: number, lastHour: number): Sign[] =>
  Array.from({ length: days * 48 }, (_, i) => FROM + i * 30 * MINUTE)
    .filter((at) => ((at - FROM) % DAY) / HOUR >= 7 && ((at - FROM) % DAY) / HOUR < 22)
    .filter((at) => at <= FROM + (days - 1) * DAY + lastHour * HOUR)
    .map((at) => ({ at, exit: false, sensor: 0 }))

const DAYS = 40
// Until it is grave takes four days where no contact would have told of a journey.
const dead = lifeOf(head(DAYS + 5), regular(DAYS, 10))
const policy = (...texts: string[]) =>
  tried(
    POLICIES.high,
    'high',
    texts.map((text) => {
      const trial = readTrial(text)
      if ('wrong' in trial) throw new Error(trial.wrong)
      return trial
    }),
  )

test('a life like clockwork is told of when it stops, grade after grade, and of nothing before', () => {
  const last = FROM + (DAYS - 1) * DAY + 10 * HOUR
  const found = foresee(dead, POLICIES.high).filter(({ due }) => due > FROM + 20 * DAY)
  expect(found.map(({ grade }) => grade)).toEqual(['watch', 'caution', 'warning', 'danger'])
  for (const { due, found: seen, reason } of found) {
    expect(reason).toMatchObject({ since: last })
    // Found in the minute in which it is due.
    expect(seen - due).toBeGreaterThanOrEqual(0)
    expect(seen - due).toBeLessThan(MINUTE)
  }
  const [watch] = found
  expect((watch?.due ?? 0) - last).toBeLessThan(14 * HOUR)
})

test('a ceiling is met to the millisecond: 4 hours after the last movement, of a home that nobody knows yet', () => {
  const life = lifeOf(head(2), [{ at: FROM + HOUR + 1, exit: false, sensor: 0 }])
  const [told] = toldOf(foresee(life, policy('budget=0.001', 'ceiling=4h')))
  expect(told).toMatchObject({ due: FROM + 5 * HOUR + 1, rule: 'ceiling' })
})

test('under several policies at once it is what it is under each', { timeout: 60_000 }, () => {
  const anyGaps = fc.array(fc.integer({ min: 5, max: 30 * 60 }), { minLength: 20, maxLength: 60 })
  fc.assert(
    fc.property(anyGaps, fc.nat(3), (gaps, door) => {
      let at = FROM
      const signs = gaps.map((gap, i) => ({
        at: (at += gap * MINUTE),
        exit: i % 4 === door,
        sensor: i % 3,
      }))
      const life = lifeOf({ ...head(1), to: at + 2 * DAY }, signs)
      const policies = [policy('budget=2'), policy('budget=0.1', 'ceiling=18h')]
      expect(foreseeEach(life, policies)).toEqual(policies.map((each) => foresee(life, each)))
    }),
    { numRuns: 10 },
  )
})

// When each silence is found that somebody is told of. Not when it was due: a rhythm that is learnt meanwhile may say
// that it had been so for hours.
const foundOf = (found: readonly Foreseen[]) => {
  const first = new Map<Millis, Millis>()
  for (const { grade, reason, found: at } of found.toReversed())
    if (grade !== 'watch' && 'since' in reason) first.set(reason.since, at)
  return first
}

test(
  'with a larger budget or a lower ceiling, no silence that was told of is told of later',
  { timeout: 60_000 },
  () => {
    const anyGaps = fc.array(fc.integer({ min: 5, max: 30 * 60 }), { minLength: 20, maxLength: 80 })
    fc.assert(
      fc.property(anyGaps, fc.boolean(), (gaps, byBudget) => {
        let at = FROM
        const signs = gaps.map((gap) => ({ at: (at += gap * MINUTE), exit: false, sensor: 0 }))
        const life = lifeOf({ ...head(1), to: at + 2 * DAY }, signs)
        const strict = foundOf(foresee(life, policy('budget=0.1', 'ceiling=30h')))
        const wide = byBudget
          ? policy('budget=2', 'ceiling=30h')
          : policy('budget=0.1', 'ceiling=12h')
        const generous = foundOf(foresee(life, wide))
        for (const [since, found] of strict) expect(generous.get(since)).toBeLessThanOrEqual(found)
      }),
      { numRuns: 40 },
    )
  },
)

const quarter = (n: number, events: number, exits = 0): CountedQuarter => ({
  quarter: FROM + n * QUARTER,
  events,
  exits,
  sensors: 4,
})
const told = (signs: readonly Sign[]) =>
  signs.map(({ at, exit }) => `${(at - FROM) / MINUTE}${exit ? ' door' : ''}`)

test('who uses the door and is followed by quiet has left; the next use of it is the return', () => {
  // Up in the first quarter hour, out by the door in the third, back in the twentieth, to bed in the 22nd.
  const day = [quarter(0, 3), quarter(2, 5, 2), quarter(19, 3, 2), quarter(21, 1)]
  expect(told(signsOf(day))).toEqual([
    '7.5',
    '7.5',
    '7.5',
    '35',
    '35',
    '35',
    '40 door',
    '290 door',
    '295',
    '322.5',
  ])
  // Back late and straight to bed: the quiet after it is sleep.
  expect(told(signsOf([quarter(2, 5, 2), quarter(19, 3, 2)]))).toEqual([
    '35',
    '35',
    '35',
    '40 door',
    '290 door',
    '295',
  ])
  // A look into the mailbox: they move on at once.
  expect(told(signsOf([quarter(2, 5, 2), quarter(3, 2)]))).toEqual([
    '35 door',
    '40',
    '40',
    '40',
    '52.5',
    '52.5',
  ])
  expect(signsOf(day)[0]?.sensor).toBe(2)
})

const silence = (since: number, after: number): Told => ({
  since: FROM + since * HOUR,
  due: FROM + (since + after) * HOUR,
  grade: 'caution',
  rule: 'surprise',
})

test('silences that were told of are laid beside those that would be: the same, earlier, later, lost, new', () => {
  const were = [silence(0, 10), silence(30, 10), silence(60, 10), silence(90, 10)]
  const would = [silence(0.1, 10), silence(30, 8), silence(60, 15), silence(120, 9)]
  const pairs = compare(were, would)
  expect(pairs.map(({ change }) => change)).toEqual([
    { kind: 'same', by: 0.1 * HOUR },
    { kind: 'earlier', by: -2 * HOUR },
    { kind: 'later', by: 5 * HOUR },
    { kind: 'lost', by: null },
    { kind: 'new', by: null },
  ])
})

test('a sensor that never rests is told of after 23 hours, whatever the others say', () => {
  const flaps = Array.from({ length: 20 * 144 }, (_, i) => FROM + 10 * DAY + i * 10 * MINUTE)
  const noise = flaps.map((at) => ({ at, exit: false, sensor: 1 }))
  const life = lifeOf(head(21), [...regular(21, 22), ...noise])
  const found = foresee(life, POLICIES.low).filter(({ due }) => due > FROM + 10 * DAY)
  expect(found).toMatchObject([
    // One sensor sees nobody walk about, so it is told by two hours, of UTC: since 23:00.
    { due: FROM + 10 * DAY + 22 * HOUR, reason: { rule: 'alone', restless: 2 * HOUR } },
  ])
})

test('who gives far fewer signs than usual is told of after a day', () => {
  // Two plugs by turns; then each of them every nine hours.
  const lived = regular(20, 10).map((sign, i) => ({ ...sign, sensor: i & 1 }))
  const last = lived.at(-1)?.at ?? 0
  const faulty = Array.from({ length: 10 }, (_, n) => n + 1).map((n) => ({
    at: last + n * 4.5 * HOUR,
    exit: false,
    sensor: n & 1,
  }))
  const found = foresee(lifeOf(head(22), [...lived, ...faulty]), POLICIES.high)
  // A quarter of 29 a day are 7.25: 15 hours of 2, and of the last day 7 in the morning. Of the last eight at 10:00 + 22.5 h the first came at 09:00, and a day later there are fewer.
  expect(found.filter(({ due, grade }) => due > last && grade !== 'watch')).toMatchObject([
    {
      due: last - HOUR + DAY,
      grade: 'caution',
      reason: { rule: 'alone', scant: { few: 8, usual: 29 } },
    },
  ])
})

test('of scant signs somebody is told once, though now and then there are a few more', () => {
  const lived = regular(20, 22).map((sign, i) => ({ ...sign, sensor: i & 1 }))
  const last = lived.at(-1)?.at ?? 0
  // Every four hours and a half, and of every other day's last hour four more: 9 in 24 hours, where 8 are not scant.
  const noise = Array.from({ length: 5 * 16 }, (_, n) => n)
    .filter((n) => n % 3 === 0 || n % 32 > 27)
    .map((n) => ({ at: last + (n + 1) * 1.5 * HOUR, exit: false, sensor: n & 1 }))
  const found = foresee(lifeOf(head(26), [...lived, ...noise]), POLICIES.low)
  const tells = found.filter(({ due, grade }) => due > last && grade === 'caution')
  expect(tells).toMatchObject([{ reason: { rule: 'alone', scant: { few: 8 } } }])
})

test('a sensor that goes on after days out of sight is not told of anew, though the hours made it graver', () => {
  const unseen = [{ since: FROM + 30 * HOUR, until: FROM + 90 * HOUR }]
  const life = lifeOf({ ...head(6), unseen }, [...flapping(0, 30), ...flapping(90, 143)])
  const tells = foresee(life, POLICIES.high).map(({ grade, due }) => [grade, (due - FROM) / HOUR])
  // The last sign was 10 minutes before hour 30; nobody sees it for 48 hours.
  expect(tells).toEqual([
    ['caution', 23],
    ['warning', expect.closeTo(29 + 5 / 6 + 48, 6)],
  ])
})

/** Two sensors by turns, every ten minutes. */
function flapping(from: number, to: number): Sign[] {
  return Array.from({ length: 6 * (to - from) }, (_, i) => ({
    at: FROM + from * HOUR + i * 10 * MINUTE,
    exit: false,
    sensor: 1 + (i % 3 === 2 ? 1 : 0),
  }))
}

test('of a sensor that goes on after hours out of sight nobody is told again before it has rested', () => {
  const unseen = [{ since: FROM + 30 * HOUR, until: FROM + 36 * HOUR }]
  const [at36, at37] = [36, 37].map((after) =>
    foresee(
      lifeOf({ ...head(5), unseen }, [...flapping(0, 30), ...flapping(after, 90)]),
      POLICIES.low,
    )
      .filter(({ reason }) => reason.rule === 'alone')
      .map(({ due }) => (due - FROM) / HOUR),
  )
  // Told of after 23 hours; had it rested, it would be once more, after it began anew: 46, for 30 were learnt.
  expect(at36).toEqual([23])
  expect(at37).toEqual([23, 83])
})

test('one sensor that flaps is believed for less long once its days have shown it', () => {
  // But for four hours from noon on, when others speak: one that never rests is asked about for that.
  const flaps = Array.from({ length: 21 * 144 }, (_, i) => i)
    .filter((i) => i % 144 < 72 || i % 144 > 96)
    .map((i) => FROM + i * 10 * MINUTE)
  const noise = flaps.map((at) => ({ at, exit: false, sensor: 1 }))
  const last = FROM + 19 * DAY + 10 * HOUR
  const found = foresee(lifeOf(head(21), [...regular(20, 10), ...noise]), POLICIES.low)
  const alone = found.find(({ reason, due }) => reason.rule === 'alone' && due > last)
  // From the last sign at 21:30 to 7:00 it has spoken alone, nine hours and a half: 14 hours and a quarter.
  expect(((alone?.due ?? 0) - last) / HOUR).toBeCloseTo(14.25, 1)
})
