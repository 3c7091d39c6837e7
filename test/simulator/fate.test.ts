import { expect, test } from 'vitest'
import type { Reading } from '../../schemas/reading.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { heardAt } from '../../simulator/equipment.ts'
import { type Fate, emergencyOf } from '../../simulator/fate.ts'
import { homeOf } from '../../simulator/homes.ts'
import { simulateDay, whereabouts } from '../../simulator/life.ts'

// Monday, 2 November 2026, midnight in Seoul.
const MONDAY = Date.UTC(2026, 10, 1, 15)
const NOON = MONDAY + 12 * HOUR

// Nobody comes: who is seen is the resident, or whom the fate brings.
function days(count: number, ...fate: readonly Fate[]): readonly Reading[] {
  return Array.from({ length: count }, (_, day) =>
    simulateDay(home(...fate), MONDAY + day * DAY),
  ).flat()
}

function home(...fate: readonly Fate[]) {
  const made = homeOf({ seed: 3, number: 2, persona: 'homebody', kit: 'full', fate })
  return { ...made, persona: { ...made.persona, visits: [], illnesses: 0 } }
}

const moves = (readings: readonly Reading[], from: number, to: number) =>
  readings.filter(
    ({ kind, value, at }) => kind === 'motion' && value === 1 && at >= from && at < to,
  )

const night = (readings: readonly Reading[]) =>
  moves(readings, MONDAY + DAY, MONDAY + DAY + 6 * HOUR).length

test('who has fallen is seen where they lie, ever more seldom, and then no more', () => {
  const fall = { type: 'collapses', at: NOON, still: NOON + 18 * HOUR, pause: 4 * MINUTE } as const
  const readings = days(3, fall)
  const room = whereabouts(home(fall), MONDAY).find(({ to }) => MONDAY + to > NOON)?.room
  const seen = [0, 6, 12].map((hour) =>
    moves(readings, NOON + hour * HOUR + MINUTE, NOON + (hour + 6) * HOUR),
  )
  expect(new Set(seen.flat().map(({ uid }) => uid))).toEqual(new Set([`motion-${room}`]))
  expect(seen.map(({ length }) => length)).toEqual(
    seen.map(({ length }) => length).toSorted((a, b) => b - a),
  )
  expect(seen[0]?.length).toBeGreaterThan(20)
  expect(moves(readings, fall.still, Infinity)).toEqual([])
  expect(emergencyOf([fall])).toBe(NOON)
  expect(emergencyOf([])).toBe(null)
})

test('an ambulance leaves by the door, and the home is empty until the day of return', () => {
  const to = NOON + 3 * DAY
  const readings = days(5, { type: 'hospital', from: NOON, to })
  expect(moves(readings, NOON - 15 * MINUTE, NOON).length).toBeGreaterThan(2)
  const doors = readings.filter(
    ({ kind, nature, value }) => kind === 'open' && nature === 'event' && value === 1,
  )
  expect(doors.map(({ at }) => at)).toContain(NOON)
  expect(moves(readings, NOON + 30_000, to - 30_000)).toEqual([])
  expect(moves(readings, to, to + DAY).length).toBeGreaterThan(30)
})

test('who moves out does not come back', () => {
  const readings = days(4, { type: 'moves-out', at: NOON })
  expect(moves(readings, NOON - 3 * HOUR, NOON).length).toBeGreaterThan(20)
  expect(moves(readings, NOON + MINUTE, Infinity)).toEqual([])
})

test('with a guest there is more movement, at night too', () => {
  const span = { from: NOON, to: NOON + 2 * DAY }
  expect(night(days(2, { type: 'guest', ...span }))).toBeGreaterThan(night(days(2)))
})

test('who is ill stays in the bedroom', () => {
  const stays = whereabouts(home({ type: 'ill', from: MONDAY - DAY, to: MONDAY + 2 * DAY }), MONDAY)
  expect(new Set(stays.map(({ room }) => room))).toEqual(new Set(['bedroom']))
})

test('who declines is seen less, year by year', () => {
  const decline = { type: 'declines', from: MONDAY, perYear: 1 } as const
  const year = (each: number) =>
    Array.from({ length: 7 }, (_, day) =>
      simulateDay(home(decline), MONDAY + (each * 364 + day) * DAY),
    )
      .flat()
      .filter(({ kind }) => kind === 'motion').length
  expect(year(3)).toBeLessThan(0.8 * year(0))
})

test('what a gateway without a line has kept is historical, and heard when the line is back', () => {
  const line = { type: 'line-lost', from: NOON, to: NOON + 5 * HOUR } as const
  const readings = days(1, line)
  const kept = readings.filter(({ at }) => at >= line.from && at < line.to)
  expect(new Set(kept.map(({ nature }) => nature))).toEqual(new Set(['historical', 'snapshot']))
  expect(days(1).length).toBe(readings.length)
  expect(heardAt([line], NOON - 1)).toBe(NOON - 1)
  expect(heardAt([line], NOON)).toBe(line.to)
})

test('what a gateway without power would have said is never heard', () => {
  const dark = { type: 'gateway-lost', at: NOON, to: NOON + HOUR } as const
  const readings = days(1, dark)
  expect(readings.filter(({ at }) => at >= NOON && at < dark.to)).toEqual([])
  expect(readings.at(-1)?.at).toBeGreaterThan(NOON + 2 * HOUR)
  expect(heardAt([dark], NOON)).toBe(null)
  expect(heardAt([dark], dark.to)).toBe(dark.to)
})

test('a wrong clock shifts what is said by an hour, and nothing else', () => {
  const right = days(1)
  const wrong = days(1, { type: 'clock-off', from: MONDAY, to: MONDAY + DAY, by: HOUR })
  expect(wrong).toEqual(right.map((each) => ({ ...each, at: each.at + HOUR })))
})

test('a frozen meter says one value and no event; a sensor without its magnet says no door', () => {
  const span = { from: NOON, to: MONDAY + 2 * DAY }
  const frozen = days(2, { type: 'freezes', uid: 'plug-tv', value: 84, ...span }).filter(
    ({ uid, at }) => uid === 'plug-tv' && at >= NOON,
  )
  expect(new Set(frozen.map(({ value, nature }) => `${value} ${nature}`))).toEqual(
    new Set(['84 snapshot']),
  )
  expect(frozen.length).toBeGreaterThan(200)
  const doors = days(2, { type: 'missed', uid: 'door-exit', ...span }).filter(
    ({ uid, at }) => uid === 'door-exit' && at >= NOON,
  )
  expect(new Set(doors.map(({ kind }) => kind))).toEqual(new Set(['battery']))
})

test('an unplugged device is silent, and a flapping sensor fires by itself', () => {
  const span = { from: MONDAY, to: MONDAY + DAY }
  expect(
    days(1, { type: 'unplugged', uid: 'plug-tv', ...span }).filter(({ uid }) => uid === 'plug-tv'),
  ).toEqual([])
  const flaps = { type: 'flaps', uid: 'motion-kitchen', every: 4 * MINUTE, ...span } as const
  const trip = { type: 'trip', from: MONDAY - DAY, to: MONDAY + 2 * DAY } as const
  const seen = moves(days(1, flaps, trip), MONDAY, MONDAY + DAY)
  expect(new Set(seen.map(({ uid }) => uid))).toEqual(new Set(['motion-kitchen']))
  expect(seen.length).toBeGreaterThan(200)
})
