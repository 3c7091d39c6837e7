import { expect, test } from 'vitest'
import { LIVELY_KINDS, evidence } from '../../services/core/evidence.ts'
import { DAY } from '../../services/core/time.ts'
import type { Reading } from '../../schemas/reading.ts'
import type { Told } from '../../services/ingest/decoded.ts'
import { decode } from '../../services/ingest/dialect.ts'
import { openMemory } from '../../services/ingest/memory.ts'
import { FOREIGN, type ForeignAccent } from '../../simulator/accents.ts'
import { homeOf } from '../../simulator/homes.ts'
import { simulateDay } from '../../simulator/life.ts'
import { packed } from '../../simulator/packed.ts'

const MONDAY = Date.UTC(2026, 9, 4, 15)
const home = homeOf({ seed: 7, number: 3, persona: 'ordinary', kit: 'full' })
const lived = [0, 1].flatMap((day) => simulateDay(home, MONDAY + day * DAY))
const roles = new Map(home.sensors.map(({ device }) => [device.uid, device.role]))
const accents = Object.keys(FOREIGN).filter((name): name is ForeignAccent =>
  Object.hasOwn(FOREIGN, name),
)

/** What ingest makes of the whole of it, said at once: what has no time of its own gets that of its coming. */
function heard(accent: ForeignAccent): readonly Told[] {
  const tongue = FOREIGN[accent].tongue(home.gateway)
  return lived.flatMap((reading) =>
    tongue(reading).flatMap(({ topic, payload }) => {
      const decoded = decode(
        { gateway: home.gateway, topic, payload: Buffer.from(payload) },
        reading.at,
      )
      if (decoded.type !== 'readings')
        throw new Error(`${topic} ${payload}: ${JSON.stringify(decoded)}`)
      expect(decoded.bad).toEqual([])
      return decoded.readings
    }),
  )
}

/** Who gave a sign of life on the second day, and when, to the second; on the first, all are new to ingest. */
function signs(readings: readonly Reading[]): readonly string[] {
  const before = new Map<string, Reading>()
  return readings
    .filter(({ kind }) => LIVELY_KINDS.includes(kind))
    .flatMap((reading) => {
      const previous = before.get(reading.uid) ?? null
      if (reading.kind === 'power') before.set(reading.uid, reading)
      const { active } = evidence({ role: roles.get(reading.uid) ?? 'inner' }, reading, previous)
      return active && reading.at >= MONDAY + DAY
        ? [`${reading.uid} ${Math.floor(reading.at / 1000)}`]
        : []
    })
}

test.each(accents)('as %s would say it, ingest hears the very signs of life', (accent) => {
  const memory = openMemory()
  const devices = [...roles.keys()]
  const weighed = heard(accent).map((told) => ({
    ...told,
    nature: memory.nature(devices.indexOf(told.uid), told),
  }))
  expect(signs(weighed)).toEqual(signs(lived))
  expect(signs(lived).length).toBeGreaterThan(200)
})

test.each(accents)('whatever %s has a word for is heard with its value', (accent) => {
  const said = new Set(heard(accent).map(({ uid, kind, value }) => `${uid} ${kind} ${value}`))
  const unheard = lived.filter(({ uid, kind, value }) => !said.has(`${uid} ${kind} ${value}`))
  const missing = new Set(unheard.map(({ uid, kind }) => `${uid} ${kind}`))
  // A door sensor of Shelly's measures light too, but ours here does not.
  expect(missing).toEqual(new Set())
})

test.each(accents)('what %s says of itself is understood or known to say nothing', (accent) => {
  const { online, offline, beat } = FOREIGN[accent]
  for (const message of [online, offline, beat]) {
    const { topic, payload } = message(home.gateway)
    const decoded = decode({ gateway: home.gateway, topic, payload: Buffer.from(payload) }, MONDAY)
    expect(['state', 'availability', 'ignored']).toContain(decoded.type)
  }
})

test('what is packed is unpacked to the same readings', () => {
  expect([...packed(lived)]).toEqual(lived)
})
