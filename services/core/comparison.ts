import type { Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Foreseen } from './backtest.ts'
import { QUARTER } from './time.ts'

/** A silence of which somebody is told: since when it lasts, and when its first signal beyond 관심 is due. */
export type Told = {
  readonly since: Millis
  readonly due: Millis
  readonly grade: Grade
  readonly rule: string
}

/** What became of a silence under another setting. `by`: how much later, negative for earlier. */
export type Change =
  | { readonly kind: 'same' | 'earlier' | 'later'; readonly by: Millis }
  | { readonly kind: 'lost' | 'new'; readonly by: null }

/** A silence as it was, or null, and as it would be, or null. */
export type Pair<A, B> = {
  readonly was: A | null
  readonly would: B | null
  readonly change: Change
}

/** The silences that somebody would be told of, each once: of several signals the first. */
export function toldOf(found: readonly Foreseen[]): Told[] {
  const told = new Map<Millis, Told>()
  for (const { grade, due, reason } of found) {
    if (grade === 'watch' || !('since' in reason) || told.has(reason.since)) continue
    told.set(reason.since, { since: reason.since, due, grade, rule: reason.rule })
  }
  return [...told.values()]
}

// Two that are told from quarter hours can be so far apart and be the same.
const NEAR = 2 * QUARTER

/** Lays two lists of silences side by side, in order of time. */
export function compare<A extends Told, B extends Told>(
  were: readonly A[],
  would: readonly B[],
): Pair<A, B>[] {
  const left = new Set(would)
  const pairs = were.map((was): Pair<A, B> => {
    const found = [...left].find(({ since }) => Math.abs(since - was.since) <= NEAR) ?? null
    if (found) left.delete(found)
    return { was, would: found, change: changeOf(was, found) }
  })
  const fresh = [...left].map((each): Pair<A, B> => ({
    was: null,
    would: each,
    change: { kind: 'new', by: null },
  }))
  return [...pairs, ...fresh].toSorted((a, b) => sinceOf(a) - sinceOf(b))
}

function sinceOf({ was, would }: Pair<Told, Told>): Millis {
  return was?.since ?? would?.since ?? 0
}

function changeOf(was: Told, would: Told | null): Change {
  if (would === null) return { kind: 'lost', by: null }
  const by = would.due - was.due
  if (Math.abs(by) <= QUARTER) return { kind: 'same', by }
  return { kind: by < 0 ? 'earlier' : 'later', by }
}

/** Signals counted by grade and by the rule that raised them. */
export type Tally = {
  readonly grades: Record<Grade, number>
  readonly rules: Record<'surprise' | 'ceiling' | 'away' | 'alone', number>
  /** Silences that somebody is told of. */
  told: number
}

/** A tally of nothing. */
export function openTally(): Tally {
  return {
    grades: { watch: 0, caution: 0, warning: 0, danger: 0 },
    rules: { surprise: 0, ceiling: 0, away: 0, alone: 0 },
    told: 0,
  }
}

/** Counts what was found in a home. Rules count once a silence that is told of: by what it is first told. */
export function count(tally: Tally, found: readonly Foreseen[]): void {
  for (const { grade } of found) tally.grades[grade]++
  for (const { rule } of toldOf(found)) {
    tally.told++
    if (isCounted(rule)) tally.rules[rule]++
  }
}

const COUNTED = ['surprise', 'ceiling', 'away', 'alone'] as const

function isCounted(rule: string): rule is (typeof COUNTED)[number] {
  return COUNTED.some((each) => each === rule)
}
