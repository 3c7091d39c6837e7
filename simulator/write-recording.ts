import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { BINARY_KINDS, type Reading } from '../schemas/reading.ts'
import type { RecordedDevice, RecordedHousehold } from '../schemas/recording.ts'
import type { Readings } from './flights.ts'

/** What a recording holds. */
export type Recorded = {
  readonly household: RecordedHousehold
  readonly devices: readonly RecordedDevice[]
  readonly readings: Readings
}

/**
 * Writes a home in Anbu's own format, gzipped when the path ends in `.gz`. Under that name it stands when it is whole;
 * until then, and after a failure, there is what was there before.
 */
export async function writeRecording(path: string, recorded: Recorded): Promise<void> {
  const partial = `${path}.partial`
  try {
    await write(path, partial, recorded)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function write(path: string, partial: string, recorded: Recorded): Promise<void> {
  const file = createWriteStream(partial)
  if (path.endsWith('.gz')) await pipeline(Readable.from(pieces(recorded)), createGzip(), file)
  else await pipeline(Readable.from(pieces(recorded)), file)
}

// Many lines a piece: a stream step costs more than a line.
const PIECE = 1000

async function* pieces({ household, devices, readings }: Recorded): AsyncGenerator<string> {
  let lines = [household, ...devices].map((row) => JSON.stringify(row))
  for await (const reading of readings) {
    lines.push(lineOf(reading, household.household))
    if (lines.length < PIECE) continue
    yield `${lines.join('\n')}\n`
    lines = []
  }
  yield lines.map((line) => `${line}\n`).join('')
}

function lineOf({ uid, kind, value, at, nature }: Reading, household: string): string {
  return JSON.stringify({
    at: new Date(at).toISOString(),
    household,
    device: uid,
    kind,
    value: BINARY_KINDS.has(kind) ? value !== 0 : value,
    ...(nature === 'event' ? {} : { nature }),
  })
}
