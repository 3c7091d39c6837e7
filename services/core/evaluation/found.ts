import type { Millis } from '../../../schemas/time.ts'
import { DAY, HOUR } from '../time.ts'
import type { Watcher } from './detector.ts'
import { mayGoSince, restlessAt } from '../restless.ts'
import { scantSince } from '../scant.ts'
import { type Heard, type Quiet, type openAftermath, silenceOf } from './heard.ts'
import type { Score } from './score.ts'

/** No detector speaks of a silence sooner. */
export const SHORTEST = HOUR
const LONELY = 6 * HOUR
const RESTLESS = 20 * HOUR

/** A detector that is examined. */
export type Watched = {
  readonly watcher: Watcher
  readonly score: Score
  readonly hearsOn: boolean
  due: Float64Array
  again: Float64Array
  /** When silences after a death are due, by what is known now. */
  readonly told: Map<Heard, Float64Array>
}

/** Whether sensors have gone on alone for so long that it can be told of in any pause, by whoever knows of it. */
export function isLonely(heard: Heard, until: Millis): boolean {
  const { lastOther, lastCompany, goings, latest, walking, lastAt } = heard
  if (until - Math.min(lastOther ?? until, lastCompany ?? until) >= LONELY) return true
  if (until - (scantSince(latest, walking.few) ?? until) >= DAY) return true
  if (!mayGoSince(goings, until - RESTLESS)) return false
  return restlessAt(goings, lastAt, heard).some(({ since }) => until - since >= RESTLESS)
}

/** Who may die in a silence: what was heard of it, and the silences that follow a death. */
type Dying = {
  readonly dying: Heard
  readonly silencesAfter: ReturnType<typeof openAftermath> | null
}

/**
 * When each setting finds who died at a cut: in the silence that begins with their last sign, or where machines, pets and
 * faults go on, in one of those that follow. Nothing is learnt from them meanwhile.
 */
export function foundAfter(
  { silencesAfter, dying }: Dying,
  watched: Watched,
  cut: Millis,
): Float64Array {
  if (!silencesAfter) return watched.due
  const found = new Float64Array(watched.due.length).fill(Infinity)
  for (const quiet of silencesAfter(dying, cut)) {
    const due = quiet.dead === dying ? watched.due : dueIn(watched, quiet)
    takeFound(found, due, quiet)
    if (!found.includes(Infinity)) break
  }
  return found
}

function dueIn({ watcher, due, told }: Watched, { dead, until }: Quiet): Float64Array {
  const known = told.get(dead)
  if (known) return known
  const fresh = new Float64Array(due.length).fill(Infinity)
  if (until - dead.lastAt >= SHORTEST || isLonely(dead, until))
    watcher.due(silenceOf(dead), fresh, until)
  told.set(dead, fresh)
  return fresh
}

// Those that were not found before, and are due in a silence from `since` to `until`.
function takeFound(found: Float64Array, due: Float64Array, { since, until }: Quiet): void {
  for (let k = 0; k < found.length; k++)
    if (found[k] === Infinity && (due[k] ?? Infinity) < until)
      found[k] = Math.max(since, due[k] ?? 0)
}
