import { anbu } from './anbu-ndjson.ts'
import { aras } from './aras.ts'
import { casas } from './casas.ts'
import type { Format } from './format.ts'
import { homeAssistantCsv, homeAssistantJson } from './home-assistant.ts'
import { kasteren } from './kasteren.ts'
import { NotARecording, headOf } from './lines.ts'
import { ordonez } from './ordonez.ts'
import { powerCsv } from './power-csv.ts'
import { uciPower } from './uci-power.ts'
import { ukDale } from './uk-dale.ts'

/** The kinds of files that hold recordings, in the order in which a file is tried. */
export const FORMATS = {
  casas,
  kasteren,
  ordonez,
  aras,
  'power-csv': powerCsv,
  'uk-dale': ukDale,
  'uci-power': uciPower,
  'home-assistant': homeAssistantCsv,
  'home-assistant-json': homeAssistantJson,
  anbu,
} as const satisfies Record<string, Format>
export type FormatName = keyof typeof FORMATS

/** The names of the formats. */
export const FORMAT_NAMES = Object.keys(FORMATS).filter(isFormat)

function isFormat(name: string): name is FormatName {
  return name in FORMATS
}

/** Tells by its first lines which format a file has. Throws `NotARecording` when it is none that we know. */
export async function recognise(path: string): Promise<FormatName> {
  const head = await headOf(path)
  const [first] = head
  if (first === undefined) throw new NotARecording(`${path} is empty`)
  const found = FORMAT_NAMES.find((name) => FORMATS[name].recognises(head))
  if (found) return found
  const known = Object.entries(FORMATS).map(([name, { looks }]) => `${name}: ${looks}`)
  const begins = JSON.stringify(first.slice(0, 80))
  throw new NotARecording(
    `${path} begins with ${begins}, and a recording with one of\n  ${known.join('\n  ')}`,
  )
}
