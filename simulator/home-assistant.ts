import { z } from 'zod'
import type { Role } from '../schemas/household.ts'
import { BINARY_KINDS, type Kind, type Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { cellsOf } from './cells.ts'
import type { Format, FoundDevice, Line, Reader } from './format.ts'

/** What the history panel of Home Assistant downloads: one entity after the other, each in order of time. */
export const homeAssistantCsv: Format = {
  looks:
    'entity_id,state,last_changed  and then  binary_sensor.hall_motion,on,2026-03-02T06:10:00.000Z',
  timeZone: 'UTC',
  recognises: ([first = '']) => HEADER.test(first),
  open: () => {
    const history = new History()
    return reader(history, (line) => {
      if (HEADER.test(line)) return []
      const { entity, state, at } = cellsOf(line.replaceAll('"', ''), ',', [
        'entity',
        'state',
        'at',
      ])
      return history.add({ entity, state, at, deviceClass: null })
    })
  },
}

const HEADER = /^"?entity_id"?,"?state"?,"?last_(changed|updated)/i

/** What Home Assistant's `/api/history/period` answers: a list of lists, one an entity. */
export const homeAssistantJson: Format = {
  looks:
    '[[{"entity_id":"binary_sensor.hall_motion","state":"on","last_changed":"2026-..."}, ...]]',
  timeZone: 'UTC',
  whole: true,
  recognises: ([first = '']) => first.startsWith('['),
  open: () => {
    const history = new History()
    return reader(history, (text) => {
      const lists = Answer.safeParse(parse(text))
      if (!lists.success) return { bad: 'not a list of lists of states' }
      const wrong = lists.data.flatMap((list) => readList(history, list))
      return wrong[0] === undefined ? [] : { bad: `${wrong.length} states: first ${wrong[0]}` }
    })
  },
}

// With `minimal_response` only the first and the last state of a list name their entity.
const State = z.object({
  entity_id: z.string().optional(),
  state: z.string(),
  last_changed: z.string(),
  attributes: z.object({ device_class: z.string().nullish() }).nullish(),
})
const Answer = z.array(z.array(State))

function readList(history: History, list: z.infer<typeof Answer>[number]): string[] {
  const entity = list.find((each) => each.entity_id !== undefined)?.entity_id ?? ''
  const deviceClass = list.find((each) => each.attributes?.device_class)?.attributes?.device_class
  return list.flatMap(({ state, last_changed: at }) => {
    const line = history.add({ entity, state, at, deviceClass: deviceClass ?? null })
    return 'bad' in line ? [line.bad] : []
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function reader(history: History, read: (line: string) => Line): Reader {
  return { devices: history.devices, home: null, read, end: () => history.inOrder() }
}

type Said = {
  readonly entity: string
  readonly state: string
  readonly at: string
  readonly deviceClass: string | null
}

/** Takes states entity by entity and gives them back in order of time: an export holds some days, and fits. */
class History {
  readonly devices = new Map<string, FoundDevice>()
  readonly #readings: Reading[] = []

  add({ entity, state, at: written, deviceClass }: Said): Line {
    // It was away, and says nothing of anybody.
    if (/^(unavailable|unknown|)$/.test(state)) return []
    const kind = kindOf(entity, deviceClass)
    if (!kind) return { bad: `not known what ${entity} measures` }
    const at = Date.parse(written)
    if (Number.isNaN(at)) return { bad: `no such time: ${written}` }
    const value = valueOf(kind, state)
    if (value === null) return { bad: `not known what ${entity} means by ${state}` }
    const uid = entity.slice(0, 64)
    if (!this.devices.has(uid)) this.devices.set(uid, deviceOf(uid, kind))
    this.#readings.push({ uid, kind, value, at, nature: this.#nature(uid, kind, at) })
    return []
  }

  inOrder(): readonly Reading[] {
    return this.#readings.toSorted((a, b) => a.at - b.at)
  }

  // The first state of an entity is how it stood when the export begins.
  #nature(uid: string, kind: Kind, at: Millis): Reading['nature'] {
    const known = this.#readings.at(-1)
    return known?.uid === uid && known.at <= at && known.kind === kind ? 'event' : 'snapshot'
  }
}

// By its device class, where the answer has one; the panel's download has none, but names follow it.
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/motion|occupancy|moving|pir/, 'motion'],
  [/presence/, 'presence'],
  [/door|window|opening|contact|garage/, 'open'],
  [/vibration/, 'vibration'],
  [/battery/, 'battery'],
  [/illuminance|lux/, 'illuminance'],
  [/temperature/, 'temperature'],
  [/humidity/, 'humidity'],
  [/power(?!_factor)/, 'power'],
  [/energy/, 'energy'],
  [/voltage/, 'voltage'],
  [/current/, 'current'],
]

function kindOf(entity: string, deviceClass: string | null): Kind | null {
  const [domain = '', name = ''] = entity.split('.', 2)
  const yesNo = domain === 'binary_sensor'
  if (!yesNo && domain !== 'sensor') return null
  const of = (text: string) =>
    KINDS.find(([word, kind]) => word.test(text) && BINARY_KINDS.has(kind) === yesNo)?.[1] ?? null
  return (deviceClass === null ? null : of(deviceClass)) ?? of(name)
}

function valueOf(kind: Kind, state: string): number | null {
  if (BINARY_KINDS.has(kind)) return state === 'on' ? 1 : state === 'off' ? 0 : null
  const number = Number(state)
  return Number.isFinite(number) ? number : null
}

const EXIT = /front|entrance|entry|main|exit|hyeongwan|현관/

function deviceOf(uid: string, kind: Kind): FoundDevice {
  const name = uid.slice(uid.indexOf('.') + 1)
  const meter: Role = /mains|whole|grid|total|house/.test(name) ? 'mains' : 'plug'
  const role = kind === 'power' ? meter : kind === 'open' && EXIT.test(name) ? 'exit' : 'inner'
  return { device: uid, kind, room: name, role }
}
