import { BINARY_KINDS, type Kind } from '../schemas/reading.ts'
import { RecordedDevice, RecordedHousehold, RecordedReading } from '../schemas/recording.ts'
import type { Format, FoundDevice, Line, Reader } from './format.ts'

/** Anbu's own recordings: a JSON object a line, the home and its devices first. */
export const anbu: Format = {
  looks: '{"type":"household","household":"home-01","timeZone":"Asia/Seoul","tier":"mid"}',
  timeZone: 'UTC',
  recognises: ([first = '']) => first.startsWith('{'),
  open: () => new Ndjson(),
}

class Ndjson implements Reader {
  readonly devices = new Map<string, FoundDevice>()
  home: Reader['home'] = null

  read(line: string): Line {
    const row = parseJson(line)
    if (typeof row !== 'object' || row === null) return { bad: 'not a JSON object' }
    if (!('type' in row)) return this.#reading(row)
    return row.type === 'device' ? this.#device(row) : this.#household(row)
  }

  #household(row: object): Line {
    const parsed = RecordedHousehold.safeParse(row)
    if (!parsed.success) return { bad: issues(parsed.error) }
    if (this.home) return { bad: 'a second household: a recording holds one' }
    this.home = parsed.data
    return []
  }

  #device(row: object): Line {
    const parsed = RecordedDevice.safeParse(row)
    if (!parsed.success) return { bad: issues(parsed.error) }
    const { device, kind, room, role } = parsed.data
    const stranger = this.#stranger(parsed.data.household)
    if (!stranger) this.devices.set(device, { device, kind, room, role })
    return stranger ?? []
  }

  #reading(row: object): Line {
    const parsed = RecordedReading.safeParse(row)
    if (!parsed.success) return { bad: issues(parsed.error) }
    const { at, household, device: uid, kind, value, nature } = parsed.data
    const stranger = this.#stranger(household)
    if (stranger) return stranger
    if (!this.devices.has(uid)) return { bad: `no row of type "device" before it names ${uid}` }
    if ((typeof value === 'boolean') !== BINARY_KINDS.has(kind)) return { bad: wrongValue(kind) }
    return [{ uid, kind, value: Number(value), at, nature }]
  }

  #stranger(household: string): Line | null {
    if (household === this.home?.household) return null
    return { bad: `no row of type "household" before it names ${household}` }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const wrongValue = (kind: Kind): string =>
  BINARY_KINDS.has(kind) ? `${kind} is true or false` : `${kind} is a number`

function issues(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}
