import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, localDay } from '../../services/core/time.ts'
import { festivalNear, restsOn, sunOf } from '../../simulator/calendar.ts'
import { homeOf } from '../../simulator/homes.ts'
import { whereabouts } from '../../simulator/life.ts'
import { PERSONAS, type PersonaName } from '../../simulator/persona.ts'
import { seeded } from '../../simulator/random.ts'
import { type Plan, planOf } from '../../simulator/plan.ts'

const SEOUL = 'Asia/Seoul'
// Monday, 6 July 2026.
const MONDAY = Date.UTC(2026, 6, 5, 15)
const FIRST = localDay(MONDAY, SEOUL)

const plans = (persona: PersonaName, days: number): readonly Plan[] =>
  Array.from({ length: days }, (_, i) =>
    planOf({
      persona: { ...PERSONAS[persona], illnesses: 0 },
      timeZone: SEOUL,
      day: FIRST + i,
      chance: (key, day) => seeded(1, persona, key, day),
    }),
  )

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length

/** The nights and days of forty ordinary people, a week each. */
const stays = Array.from({ length: 40 }, (_, i) =>
  homeOf({ seed: 9, number: i + 1, persona: 'ordinary' }),
).flatMap((home) => Array.from({ length: 7 }, (_, day) => whereabouts(home, MONDAY + day * DAY)))

test('over a year an ordinary person rises and retires when the national survey says', () => {
  const year = plans('ordinary', 365)
  const workdays = year.filter((_, i) => !restsOn(FIRST + i, SEOUL))
  // 06:01 and 22:20 (생활시간조사 2019, 65세 이상, 평일).
  expect(Math.abs(mean(workdays.map(({ rise }) => rise)) - 6 * HOUR - MINUTE)).toBeLessThan(
    6 * MINUTE,
  )
  expect(Math.abs(mean(workdays.map(({ bed }) => bed)) - 22 * HOUR - 20 * MINUTE)).toBeLessThan(
    6 * MINUTE,
  )
})

test('they walk to the toilet at night as often as people do, and watch television for hours', () => {
  const walks = stays.map(
    (day) => day.filter(({ room, from }) => room === 'bathroom' && from < 5 * HOUR).length,
  )
  // 1.4 in a night of eight hours, of which some five and a half lie before 05:00 and after going to bed.
  expect(mean(walks)).toBeGreaterThan(0.7)
  expect(mean(walks)).toBeLessThan(1.6)
  const watched = stays.map((day) =>
    day.filter(({ uses }) => uses === 'tv').reduce((sum, { from, to }) => sum + to - from, 0),
  )
  expect(mean(watched) / HOUR).toBeGreaterThan(3.5)
  expect(mean(watched) / HOUR).toBeLessThan(7)
})

test('a night worker is out at two in the morning on five nights of seven, and in bed at ten', () => {
  const home = { ...homeOf({ seed: 3, number: 1, persona: 'nightWorker' }) }
  const calm = { ...home, persona: { ...home.persona, trips: 0, illnesses: 0, festivalTrips: 0 } }
  const at = (day: number, time: number) =>
    whereabouts(calm, MONDAY + day * DAY).find(({ to }) => to > time)?.room
  const week = [0, 1, 2, 3, 4, 5, 6]
  expect(week.filter((day) => at(day, 2 * HOUR) === 'out')).toEqual([1, 2, 3, 4, 5])
  expect(week.filter((day) => at(day, 10 * HOUR) === 'bedroom').length).toBeGreaterThanOrEqual(5)
})

test('who drinks goes to bed late and gets up late the day after', () => {
  const year = plans('drinker', 365)
  const after = year.slice(1).filter((_, i) => year[i]?.drunk)
  const others = year.slice(1).filter((_, i) => !year[i]?.drunk)
  expect(after.length / 365).toBeGreaterThan(0.35)
  expect(mean(after.map(({ rise }) => rise))).toBeGreaterThan(
    mean(others.map(({ rise }) => rise)) + HOUR,
  )
})

test('a share of people is away at 추석, and the sun of Seoul is that of the season', () => {
  const chuseok = localDay(Date.parse('2026-09-25T00:00:00+09:00'), SEOUL)
  expect(festivalNear(chuseok + 1, SEOUL, 2)).toBe(chuseok)
  expect(festivalNear(chuseok, 'Europe/Berlin', 2)).toBe(null)
  const noon = 12 * HOUR
  const away = Array.from({ length: 200 }, (_, i) =>
    homeOf({ seed: 4, number: i + 1, persona: 'ordinary' }),
  ).filter(
    (home) =>
      whereabouts(home, Date.parse('2026-09-25T00:00:00+09:00')).find(({ to }) => to > noon)
        ?.room === 'out',
  )
  expect(away.length / 200).toBeGreaterThan(0.27)
  expect(away.length / 200).toBeLessThan(0.6)
  const [rise, set] = sunOf(localDay(Date.parse('2026-06-15T00:00:00+09:00'), SEOUL))
  expect(Math.abs(rise - 310)).toBeLessThan(3)
  expect(Math.abs(set - 1193)).toBeLessThan(3)
})

// Those that decide what is lived and seen; the others speak MQTT or read files.
const PURE =
  /^(appliances|befall|calendar|equipment|fate|homes|life|moments|movement|packed|persona|plan|random|routine|sensors|stage|year)\.ts$/
const INEXACT =
  /\bMath\.(?!(abs|ceil|floor|max|min|round|sqrt|imul)\b)|[^*]\*\*[^*/]|Date\.now|new Date\(\)|localeCompare|toLocale/

test('nothing that is lived rests on what engines, clocks or locales may differ in', async () => {
  const folder = fileURLToPath(new URL('../../simulator', import.meta.url))
  const names = (await readdir(folder)).filter((name) => PURE.test(name))
  expect(names).toHaveLength(17)
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(`${folder}/${name}`, 'utf8')] as const),
  )
  const code = texts.map(
    ([name, text]) => [name, text.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '')] as const,
  )
  expect(code.filter(([, text]) => INEXACT.test(text)).map(([name]) => name)).toEqual([])
  // And it would find them.
  expect(
    ['Math.log(x)', '2 ** x', 'Math.random()', 'Date.now()'].filter((text) => !INEXACT.test(text)),
  ).toEqual([])
})
