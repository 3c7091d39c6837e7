import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../../schemas/reading.ts'
import { evidence } from '../../services/core/evidence.ts'
import { type Recurring, isPersons, lastProof, learn, riseOf } from '../../services/core/power.ts'
import { DAY, MINUTE } from '../../services/core/time.ts'
import type { Fate } from '../../simulator/fate.ts'
import { homeOf } from '../../simulator/homes.ts'
import { livelyDay } from '../../simulator/life.ts'
import { startOfDay } from '../../simulator/local-time.ts'

const MIDNIGHT = Date.UTC(2026, 0, 5)

/** Which of the rises of a plug, at these minutes and of so many W, are taken for a person's. */
function personsAmong(rises: readonly (readonly [minute: number, watts: number])[]): boolean[] {
  let known: readonly Recurring[] = []
  return rises.map(([minute, watts]) => {
    const at = MIDNIGHT + minute * MINUTE
    known = learn(known, 'plug', watts, at)
    return isPersons('plug', known, watts, at)
  })
}

const every = (minutes: number, times: number, watts: number) =>
  Array.from({ length: times }, (_, i) => [i * minutes, watts] as const)

describe('what rises again and again', () => {
  test('every 50 minutes is a machine from the thirteenth rise on', () => {
    // Twelve pauses between thirteen rises; 12 x 50 minutes are 10 hours, more than 6.
    const found = personsAmong(every(50, 30, 90))
    expect(found.indexOf(false)).toBe(12)
    expect(found.slice(12)).not.toContain(true)
  })

  test('every 11 minutes is one after six hours', () => {
    // 33 x 11 = 363 minutes; 32 x 11 = 352 are less than 360.
    expect(personsAmong(every(11, 60, 50)).indexOf(false)).toBe(33)
  })

  test('at a machine’s plug leaves what is clearly larger to the person', () => {
    const cooker = [...every(11, 60, 50), [663, 1000], [700, 76], [701, 74]] as const
    expect(personsAmong(cooker).slice(60)).toEqual([true, true, false])
  })

  test('but not through the night is a person’s, however regular the day', () => {
    // On at 8, 9, ... 18 every day: eleven rises, ten pauses, then fourteen hours of none.
    const days = Array.from({ length: 30 }, (_, day) =>
      every(60, 11, 100).map(([minute, watts]) => [day * 1440 + 480 + minute, watts] as const),
    )
    expect(personsAmong(days.flat())).not.toContain(false)
  })

  test('at any hour or size is a person’s as long as a pause of more than three hours comes in every six', () => {
    const rise = fc.tuple(
      fc.integer({ min: 0, max: 170 }),
      fc.double({ min: 30, max: 3000, noNaN: true }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.array(rise, { minLength: 1, maxLength: 40 }), { maxLength: 20 }),
        (bouts) => {
          const rises = bouts.flatMap((bout, i) =>
            bout
              .toSorted(([a], [b]) => a - b)
              .map(([minute, watts]) => [i * 360 + minute, watts] as const),
          )
          expect(personsAmong(rises)).not.toContain(false)
        },
      ),
      { timeout: 30_000 },
    )
  })
})

function knownAfter(given: readonly (readonly [minutes: number, watts: number])[]) {
  let at = MIDNIGHT
  let known: readonly Recurring[] = []
  for (const [minutes, watts] of given)
    known = learn(known, 'plug', watts, (at += minutes * MINUTE))
  return known
}

describe('what is known of a meter', () => {
  const rises = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 400 }), fc.double({ min: -50, max: 4000, noNaN: true })),
    { maxLength: 200 },
  )
  test('stays small and the same when it is written down and read again', () => {
    fc.assert(
      fc.property(rises, (given) => {
        const learnt = knownAfter(given)
        expect(learnt.length).toBeLessThanOrEqual(4)
        expect(JSON.parse(JSON.stringify(learnt))).toEqual(learnt)
      }),
    )
  })

  test('is not changed by what is said again, or rises too little', () => {
    fc.assert(
      fc.property(rises, fc.double({ min: -3000, max: 29.9, noNaN: true }), (given, little) => {
        const learnt = knownAfter(given)
        for (const { watts, last } of learnt.slice(0, 1))
          expect(learn(learnt, 'plug', watts, last)).toBe(learnt)
        expect(learn(learnt, 'plug', little, MIDNIGHT + 1000 * DAY)).toBe(learnt)
      }),
    )
  })

  test('never makes a sign of life of what was none', () => {
    fc.assert(
      fc.property(rises, fc.double({ min: 0, max: 4000, noNaN: true }), (given, rise) => {
        const learnt = knownAfter(given)
        const at = MIDNIGHT + DAY
        if (isPersons('plug', learnt, rise, at)) expect(isPersons('plug', [], rise, at)).toBe(true)
      }),
    )
  })
})

const DEATH_DAY = 14
const ZONE = 'Asia/Seoul'
const START = Date.UTC(2026, 2, 1, 15)

type Plug = {
  readonly signs: number[]
  ofMachine: number
  known: readonly Recurring[]
  last: { at: number; value: number } | null
}

const DEATH = startOfDay(START, ZONE, DEATH_DAY)

/** The plugs of a made-up home whose resident dies: when they gave signs of life, and how many rises were a machine's. */
function lived(seed: number): Map<string, Plug> {
  const fate: Fate[] = [{ type: 'dies', at: DEATH }]
  const home = homeOf({ seed, number: 1, kit: 'plugs', timeZone: ZONE, fate })
  const plugs = new Map(
    home.sensors.map(({ device }): [string, Plug] => [
      device.uid,
      { signs: [], ofMachine: 0, known: [], last: null },
    ]),
  )
  for (let day = 0; day < DEATH_DAY + 5; day++)
    for (const reading of livelyDay(home, startOfDay(START, ZONE, day))) {
      const plug = plugs.get(reading.uid)
      if (plug) see(plug, reading)
    }
  return plugs
}

function see(plug: Plug, reading: Reading): void {
  plug.known = learn(plug.known, 'plug', riseOf(reading, plug.last), reading.at)
  const device = { role: 'plug' } as const
  const { active } = evidence(device, reading, plug.last, plug.known)
  if (active) plug.signs.push(reading.at)
  else if (evidence(device, reading, plug.last).active) plug.ofMachine++
  plug.last = reading
}

test('a made-up resident who dies is not kept alive by an old fridge, nor by a cooker that keeps warm; who lives is seen', () => {
  const homes = Array.from({ length: 12 }, (_, i) => lived(i + 1))
  const of = (uid: string) => homes.flatMap((home) => home.get(uid) ?? [])
  for (const uid of ['plug-old-fridge', 'plug-rice']) {
    expect(of(uid).length).toBeGreaterThan(0)
    expect(of(uid).flatMap(({ signs }) => signs.filter((at) => at >= DEATH))).toEqual([])
    for (const { ofMachine } of of(uid)) expect(ofMachine).toBeGreaterThan(50)
  }
  // Ten hours of a new fridge are believed: who has it has not died on that day.
  for (const { signs } of of('plug-old-fridge')) expect(signs.length).toBeLessThanOrEqual(20)
  for (const uid of ['plug-tv', 'plug-kettle', 'plug-microwave'])
    expect(of(uid).map(({ ofMachine }) => ofMachine)).toEqual(of(uid).map(() => 0))
  for (const { signs } of of('plug-tv')) expect(signs.length).toBeGreaterThan(DEATH_DAY)
})

test('what was proven is known with its moment', () => {
  expect(lastProof([])).toBe(0)
  const one = { watts: 90, last: 5, gap: 1, times: 1, since: 1, provenAt: null }
  expect(lastProof([one, { ...one, provenAt: 3 }, { ...one, provenAt: 2 }])).toBe(3)
})
