import { expect, test } from 'vitest'
import { Device, Gateway, Household, Person } from '../../schemas/household.ts'
import type { Reading } from '../../schemas/reading.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { neighbourhood } from '../../simulator/neighbourhood.ts'

const FIRST_DAY = Date.UTC(2026, 9, 4, 15)

function told(home: string, from: number, to: number, seed = 1): readonly Reading[] {
  const readings: Reading[] = []
  for (const reading of neighbourhood(seed, FIRST_DAY).readings(home, from)) {
    if (reading.at >= to) break
    readings.push(reading)
  }
  return readings
}

const homeOf = (type: string, seed = 1) => {
  const fate = neighbourhood(seed, FIRST_DAY).story.fates.find((each) => each.type === type)
  if (!fate) throw new Error(`nobody ${type}`)
  return fate
}

test('twenty-four homes, their sensors and the staff are what the schemas ask for', () => {
  const { households, gateways, devices, people, residents } = neighbourhood(1, FIRST_DAY)
  expect(households.map((each) => Household.parse(each))).toHaveLength(24)
  expect(gateways.map((each) => Gateway.parse(each))).toHaveLength(24)
  expect(devices.map((each) => Device.parse(each)).length).toBeGreaterThan(24 * 6)
  const staff = people.map((each) => Person.parse(each))
  expect(new Set(staff.map(({ role }) => role)).size).toBe(4)
  expect(new Set(households.map(({ alias }) => alias)).size).toBe(24)
  expect(new Set(residents.map(({ name }) => name)).size).toBe(24)
  const planners = new Set(staff.map(({ person }) => person))
  expect(households.every(({ planner }) => planner !== null && planners.has(planner))).toBe(true)
})

test('every device that speaks is registered at the gateway of its home', () => {
  const { households, gateways, devices, story } = neighbourhood(1, FIRST_DAY)
  for (const [i, { household }] of households.entries()) {
    const known = devices.filter(({ gateway }) => gateway === gateways[i]?.gateway)
    const spoke = new Set(
      told(household, story.startsAt - DAY, story.startsAt).map(({ uid }) => uid),
    )
    expect([...spoke].toSorted()).toEqual(known.map(({ uid }) => uid).toSorted())
  }
})

test('life begins at the very instant that is asked for, wherever in a day that is', () => {
  const from = FIRST_DAY + 3 * DAY + 7 * HOUR + 12_345
  const day = told('home-01', FIRST_DAY + 3 * DAY, FIRST_DAY + 4 * DAY)
  expect(told('home-01', from, FIRST_DAY + 4 * DAY)).toEqual(day.filter(({ at }) => at >= from))
})

test('whoever the seed makes of them, the resident who dies is at home, and mostly was just moving', () => {
  const stillness = Array.from({ length: 40 }, (_, i) => {
    const seed = i + 1
    const { at, household } = { at: 0, ...homeOf('dies', seed) }
    const last = told(household, at - 2 * HOUR, at, seed).findLast(
      ({ kind, value }) => kind === 'motion' && value === 1,
    )
    return at - (last?.at ?? 0)
  }).toSorted((a, b) => a - b)
  // Of 400: half within 1.3 minutes, nine in ten within 16, and the longest 69: people sit still for a while.
  expect(stillness[20]).toBeLessThan(5 * MINUTE)
  expect(stillness[35]).toBeLessThan(30 * MINUTE)
  expect(stillness[39]).toBeLessThan(90 * MINUTE)
})

test('a lost gateway ends its home, instead of searching for its next word for ever', () => {
  const { household } = homeOf('gateway-lost')
  const { startsAt } = neighbourhood(1, FIRST_DAY).story
  expect(told(household, startsAt, Infinity).at(-1)?.at).toBeLessThan(startsAt + 25 * MINUTE)
})
