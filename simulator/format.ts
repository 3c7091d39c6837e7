import type { RecordedDevice } from '../schemas/recording.ts'
import type { Tier } from '../schemas/household.ts'
import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'

/** What a line says: readings, often one, or none for a header; or why it says nothing. */
export type Line = readonly Reading[] | { readonly bad: string }

/** A device, without the home it stands in. */
export type FoundDevice = Omit<RecordedDevice, 'type' | 'household'>

/** Reads the lines of one home, from the first to the last, and learns of its devices on the way. */
export type Reader = {
  /** A file begins: for formats whose files are named for what they hold. */
  begin?(path: string): void
  read(line: string): Line
  /** What is left to say after the last line. */
  end?(): readonly Reading[]
  readonly devices: ReadonlyMap<string, FoundDevice>
  /** What the recording itself says of its home, where it does. */
  readonly home: { household: string; timeZone: string; tier: Tier } | null
}

/** What a reader must be told: where local times are from, and the day of the first file of a set without dates. */
export type Opening = { readonly timeZone: string; readonly firstDay: Millis }

/** A kind of file that holds recordings. */
export type Format = {
  /** What its lines look like, for who has the wrong file. */
  readonly looks: string
  /** The zone of its local times, where neither the file nor the caller says one. */
  readonly timeZone: string
  /** Its files lie beside one another in time, one a device, and are read at once; else one follows the other. */
  readonly parallel?: true
  /** A file is one document, and no line of it can be read alone. */
  readonly whole?: true
  /** Whether a file can begin with these lines, none of them empty. */
  recognises(head: readonly string[]): boolean
  open(opening: Opening): Reader
}
