import { BINARY_KINDS, NATIVE_MAX, type Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'

/** Readings that travel in one message. */
export type Letter = {
  readonly readings: readonly Reading[]
  readonly elements: readonly string[]
  /** Whether it waited while the line was down. */
  readonly late: boolean
}

// The broker reads 64 KiB; what waited says so in every element, which adds at most 17 bytes to each of 500.
const LARGEST = 48 * 1024

/** Divides readings, in their order, into letters that a broker will take. */
export function letters(readings: readonly Reading[]): readonly Letter[] {
  const done: { readings: Reading[]; elements: string[]; late: false }[] = []
  let size = Infinity
  for (const reading of readings) {
    const element = elementOf(reading)
    const bytes = Buffer.byteLength(element) + 1
    let letter = done.at(-1)
    if (!letter || letter.elements.length === NATIVE_MAX || size + bytes > LARGEST) {
      done.push((letter = { readings: [], elements: [], late: false }))
      size = 0
    }
    letter.readings.push(reading)
    letter.elements.push(element)
    size += bytes
  }
  return done
}

/** The letter as it is sent after the line was down. A state that was only re-stated stays that: it is no event. */
export function late(letter: Letter): Letter {
  if (letter.late) return letter
  const waited = letter.readings.map((reading): Reading =>
    reading.nature === 'event' ? { ...reading, nature: 'historical' } : reading,
  )
  return { readings: waited, elements: waited.map(elementOf), late: true }
}

/** The message body (`NativeMessage`). */
export function bodyOf(letter: Letter, boot: string, seq: number, sent: Millis): string {
  const head = JSON.stringify({ v: 1, boot, seq, sent: new Date(sent).toISOString(), clock: 'ntp' })
  return `${head.slice(0, -1)},"r":[${letter.elements.join(',')}]}`
}

function elementOf({ uid, kind, value, at, nature }: Reading): string {
  return JSON.stringify({
    d: uid,
    m: kind,
    ...(BINARY_KINDS.has(kind) ? { b: value !== 0 } : { n: value }),
    t: new Date(at).toISOString(),
    ...(nature === 'event' ? {} : { k: nature }),
  })
}
