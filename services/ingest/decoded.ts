import type { Nature, Reading } from '../../schemas/reading.ts'

/**
 * A reading as its dialect tells it. `state` is how a device stands now, which hubs repeat whenever they
 * like: only against what it said before can we tell whether something happened (`memory.ts`).
 */
export type Told = Omit<Reading, 'nature'> & { readonly nature: Nature | 'state' }

/**
 * What a message turned out to be. `bad` are the elements that could not be read, each with its place and
 * reason. `state` is the gateway's own; `availability` a device's, which is never a sign of life.
 * `ignored` is well known and says nothing about a home, but that its gateway lives.
 */
export type Decoded =
  | {
      readonly type: 'readings'
      readonly readings: readonly Told[]
      readonly bad: readonly string[]
    }
  | { readonly type: 'state'; readonly online: boolean }
  | { readonly type: 'availability'; readonly uid: string; readonly online: boolean }
  | { readonly type: 'ignored' }
  | {
      readonly type: 'rejection'
      readonly reason: 'unreadable' | 'unknown-topic' | 'too-large'
      readonly detail: string
    }

/** A message that is known and of no interest. */
export const IGNORED: Decoded = { type: 'ignored' }

/** A message that cannot be read, and why. */
export function unreadable(detail: string): Decoded {
  return { type: 'rejection', reason: 'unreadable', detail }
}
