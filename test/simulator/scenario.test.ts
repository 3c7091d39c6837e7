import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { emergencyOf } from '../../simulator/fate.ts'
import { livelyDay } from '../../simulator/life.ts'
import { parseScenario, readScenario, shippedScenarios } from '../../simulator/read-scenario.ts'
import { PERSONAS } from '../../simulator/persona.ts'
import { Event, SENSORS } from '../../simulator/scenario.ts'
import { stageOf } from '../../simulator/stage.ts'

const HEAD = 'title: Made up\nfirst-day: 2026-10-05\ndays: 40\n'
const MIDNIGHT = Date.parse('2026-10-05T00:00:00+09:00')

const fatesOf = (events: string, number = 1) =>
  stageOf(parseScenario(`${HEAD}events:\n${events}`, 'made-up.yaml')).home(number).fate

const ofOrdinary = (events: string) =>
  parseScenario(`${HEAD}homes: 2\npersonas: [ordinary]\nevents: ${events}`, 'made-up.yaml')

function mistakesIn(text: string): string {
  try {
    parseScenario(text, 'made-up.yaml')
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error('it was read')
}

test('every scenario that comes with Anbu is read, and its homes live', async () => {
  const names = await shippedScenarios()
  expect(names.length).toBeGreaterThanOrEqual(20)
  for (const name of names) {
    const stage = stageOf(await readScenario(name))
    expect(stage.to - stage.from).toBe(stage.scenario.days * DAY)
    const home = stage.home(1)
    expect(livelyDay(home, stage.from + 7 * DAY).length).toBeGreaterThan(5)
    for (const fate of home.fate) if ('at' in fate) expect(fate.at).toBeLessThan(stage.to)
  }
})

test('moments count local days from 1, and durations from there', () => {
  const fates = fatesOf(`
  - event: death
    at: day 29 14:40
  - event: trip
    from: day 2 09:00
    lasts: 74h
  - event: power-lost
    from: day 3 12:30
`)
  const trip = MIDNIGHT + DAY + 9 * HOUR
  expect(fates).toEqual([
    { type: 'dies', at: MIDNIGHT + 28 * DAY + 14 * HOUR + 40 * MINUTE },
    { type: 'trip', from: trip, to: trip + 74 * HOUR },
    { type: 'gateway-lost', at: MIDNIGHT + 2 * DAY + 12.5 * HOUR },
  ])
  expect(emergencyOf(fates)).toBe(MIDNIGHT + 28 * DAY + 14 * HOUR + 40 * MINUTE)
})

test('each home has a moment of its own within a range, and a share of homes is drawn', () => {
  const events = `
  - event: death
    at: day 29 08:00 ~ day 31 20:00
    homes: 30%
`
  const deaths = Array.from({ length: 400 }, (_, i) => emergencyOf(fatesOf(events, i + 1)))
  const moments = deaths.filter((at) => at !== null)
  expect(moments.length).toBeGreaterThan(90)
  expect(moments.length).toBeLessThan(150)
  expect(new Set(moments).size).toBe(moments.length)
  expect(Math.min(...moments)).toBeGreaterThanOrEqual(MIDNIGHT + 28 * DAY + 8 * HOUR)
  expect(Math.max(...moments)).toBeLessThan(MIDNIGHT + 30 * DAY + 20 * HOUR)
  expect(Array.from({ length: 400 }, (_, i) => emergencyOf(fatesOf(events, i + 1)))).toEqual(deaths)
})

test('an event concerns the homes of its numbers, and the others live as if there were none', () => {
  const told = stageOf(ofOrdinary('[{ event: illness, from: day 9 08:00, lasts: 3d, homes: [2] }]'))
  const untold = stageOf(ofOrdinary('[]'))
  const day = told.from + 9 * DAY
  expect(livelyDay(told.home(1), day)).toEqual(livelyDay(untold.home(1), day))
  expect(livelyDay(told.home(2), day)).not.toEqual(livelyDay(untold.home(2), day))
})

test('14:40 is 14:40 on a day of 25 hours', () => {
  const scenario = parseScenario(
    'title: Made up\nfirst-day: 2026-10-20\ndays: 9\ntime-zone: Europe/Berlin\nevents: [{ event: death, at: day 6 14:40 }]',
    'made-up.yaml',
  )
  expect(emergencyOf(stageOf(scenario).home(1).fate)).toBe(Date.parse('2026-10-25T14:40:00+01:00'))
})

test.each([
  ['days: 40', /made-up\.yaml:1: title: /],
  [`${HEAD}homes: 0`, /made-up\.yaml:4: homes: /],
  [
    `${HEAD}events:\n  - event: death\n    at: noon`,
    /made-up\.yaml:6: events\.0\.at: "noon" is no moment/,
  ],
  [`${HEAD}events:\n  - event: death\n    at: day 3 10:00 ~ day 2 10:00`, /:6: events\.0\.at: /],
  [
    `${HEAD}events:\n  - event: trip\n    from: day 3 10:00\n    lasts: long`,
    /:7: events\.0\.lasts: "long" is no duration/,
  ],
  [`${HEAD}events:\n  - event: dies\n    at: day 3 10:00`, /:5: events\.0\.event: /],
  [
    `${HEAD}events:\n  - event: flaps\n    sensor: nose\n    every: 3m\n    from: day 1 00:00\n    lasts: 1d`,
    /:6: events\.0\.sensor: /,
  ],
  [
    `${HEAD}events:\n  - event: death\n    at: day 41 10:00`,
    /:6: events\.0\.at: day 41 is after the last, 40/,
  ],
  [
    `${HEAD}homes: 3\nevents: [{ event: death, at: day 4 10:00, homes: [3, 4] }]`,
    /:5: events\.0\.homes: there is no home 4 among 3/,
  ],
  [`${HEAD}colour: red`, /made-up\.yaml:1: the whole: .*colour/],
  [`${HEAD}events: [`, /made-up\.yaml:\d+: /],
])('a mistake is told with its line: %s', (text, mistake) => {
  expect(mistakesIn(text)).toMatch(mistake)
})

test('who asks for a scenario that is not there is told which are', async () => {
  await expect(readScenario('made-up')).rejects.toThrow(/made-up is no file, and none of: .*death/)
})

test('the page about scenarios shows one that is read, and names every event, sensor and persona', async () => {
  const page = await readFile(new URL('../../docs/simulation.md', import.meta.url), 'utf8')
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  expect(parseScenario(example, 'docs/simulation.md').events).toHaveLength(2)
  const events = Event.options.flatMap(({ shape }): readonly string[] =>
    'options' in shape.event ? shape.event.options : [...shape.event.values],
  )
  const named = [...events, ...SENSORS, ...Object.keys(PERSONAS)].filter(
    (name) => !page.includes(`\`${name}\``),
  )
  expect(named).toEqual([])
  expect(page).toContain(`${COUNTS[(await shippedScenarios()).length]} come with Anbu`)
})

test('every persona says where its figures are from, or that they are assumed, and so does the page', async () => {
  const page = await readFile(new URL('../../docs/simulation.md', import.meta.url), 'utf8')
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` +\| (.+?) +\|$/gm)].map(([, name, from]) => [name, from]),
  )
  const sources = Object.values(PERSONAS).map(({ source }) => source)
  for (const [name, { source }] of Object.entries(PERSONAS)) {
    expect(source, name).toMatch(/ (19|20)\d\d\b|Assumed: |중점돌봄군/)
    expect(rows.get(name), name).toBe(source)
  }
  expect(new Set(sources).size).toBe(sources.length)
})

test('what can befall a home has a scenario that comes with Anbu', async () => {
  const shipped = await Promise.all((await shippedScenarios()).map((name) => readScenario(name)))
  const told = new Set(shipped.flatMap(({ events }) => events.map(({ event }) => event)))
  const asked =
    'death fall stroke hospital trip guest battery-dies flaps freezes power-lost line-lost'
  for (const event of [...asked.split(' '), 'clock-off', 'door-missed', 'unplugged', 'moves-out'])
    expect(told, event).toContain(event)
  // The whole building: every home of a street at the same moment.
  const { homes, events } = await readScenario('outage')
  expect(homes).toBeGreaterThan(20)
  expect(events[0]).toMatchObject({ event: 'power-lost', homes: 'all' })
})

const COUNTS: Readonly<Record<number, string>> = { 23: 'Twenty-three', 24: 'Twenty-four' }
