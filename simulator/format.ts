import type { RecordedDevice } from '../schemas/recording.ts'
import type { Tier } from '../schemas/household.ts'
import type { Reading } from '../schemas/reading.ts'

/** What a line says: readings, often one, or none for a header; or why it says nothing. */
export type Line = readonly Reading[] | { readonly bad: string }

/** A device, without the home it stands in. */
export type FoundDevice = Omit<RecordedDevice, 'type' | 'household'>

/** Reads the lines of one home, from the first to the last, and learns of its devices on the way. */
export type Reader = {
  read(line: string): Line
  readonly devices: ReadonlyMap<string, FoundDevice>
  /** What the recording itself says of its home, where it does. */
  readonly home: { household: string; timeZone: string; tier: Tier } | null
}

/** A kind of file that holds recordings. */
export type Format = {
  /** What its lines look like, for who has the wrong file. */
  readonly looks: string
  /** The zone of its local times, where neither the file nor the caller says one. */
  readonly timeZone: string
  /** Whether this can be its first line. */
  recognises(first: string): boolean
  open(timeZone: string): Reader
}
