import type pg from 'pg'
import type { OutcomeCode } from '../../schemas/alert.ts'
import type { Choice } from '../../schemas/policy.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Foreseen, foreseeEach } from '../core/backtest.ts'
import {
  type Pair,
  type Tally,
  type Told,
  compare,
  count,
  openTally,
  toldOf,
} from '../core/comparison.ts'
import { lifeOf } from '../core/evaluation/life.ts'
import { signsOf } from '../core/history.ts'
import { isRestDay } from '../core/holidays.ts'
import { resolvePolicy } from '../core/policy.ts'
import { type Trial, tried } from '../core/settings.ts'
import { DAY, QUARTER, type Span, offsetSpan } from '../core/time.ts'
import {
  type HiddenSpan,
  type HomeHistory,
  type ToldSilence,
  countHomes,
  hiddenSpans,
  homeHistories,
  otherSignals,
  toldSilences,
} from '../store/history.ts'
import { choicesFor } from '../store/policies.ts'

/** What to ask of the past. `was` and `would` are the settings to lay side by side. */
export type Question = {
  readonly households: readonly string[] | null
  readonly office: string | null
  readonly from: Millis
  readonly to: Millis
  readonly was: readonly Trial[]
  readonly would: readonly Trial[]
}

/** A silence that was really told of, and how its case ended. */
export type RealSilence = Told & { readonly outcome: OutcomeCode | null }

/** One difference: in which home, what really was, and what would be. */
export type Difference = Pair<RealSilence, Told> & {
  readonly household: string
  readonly timeZone: string
}

/** A month of local calendars: silences told of. */
export type Month = { readonly month: string; real: number; was: number; would: number }

/** What the past answers. */
export type Answer = {
  readonly question: Question
  readonly homes: number
  /** Homes times months: what every rate is of. */
  readonly homeMonths: number
  readonly was: Tally
  readonly would: Tally
  readonly real: number
  readonly months: readonly Month[]
  readonly differences: readonly Difference[]
  readonly other: ReadonlyMap<string, number>
}

// A home knows its rhythm from the weeks before.
const WARM_UP = 60 * DAY
const BATCH = 25
const MONTH = 30.44 * DAY

/** Lives the past of homes again in core, under both settings, some homes at a time. */
export async function ask(
  pool: pg.Pool,
  question: Question,
  onProgress: (done: number, total: number) => void,
): Promise<Answer> {
  const total = await countHomes(pool, question)
  const draft = openDraft(question)
  let ahead = readBatch(pool, question, 0)
  for (;;) {
    const batch = await ahead
    const last = batch.homes.at(-1)
    if (!last) return close(draft)
    // The next homes are read while these are lived.
    ahead = readBatch(pool, question, last.id)
    for (const home of batch.homes) takeHome(draft, home, batch)
    for (const { kind, count: times } of batch.other)
      draft.other.set(kind, (draft.other.get(kind) ?? 0) + times)
    onProgress(draft.homes, total)
  }
}

type Batch = {
  readonly homes: readonly HomeHistory[]
  readonly hidden: readonly HiddenSpan[]
  readonly told: readonly ToldSilence[]
  readonly choices: readonly Choice[]
  readonly other: readonly { kind: string; count: number }[]
}

async function readBatch(pool: pg.Pool, question: Question, after: number): Promise<Batch> {
  const { from, to } = question
  const past = { from: from - WARM_UP, to }
  const homes = await homeHistories(pool, { ...question, after, limit: BATCH }, past)
  const ids = homes.map(({ id }) => id)
  const [hidden, told, choices, other] = await Promise.all([
    hiddenSpans(pool, ids, past),
    toldSilences(pool, ids, { from, to }),
    choicesFor(pool, ids, to),
    otherSignals(pool, ids, { from, to }),
  ])
  return { homes, hidden, told, choices, other }
}

type Draft = {
  -readonly [Key in 'homes' | 'homeMonths' | 'real']: Answer[Key]
} & {
  readonly question: Question
  readonly was: Tally
  readonly would: Tally
  readonly months: Map<string, Month>
  readonly differences: Difference[]
  readonly other: Map<string, number>
}

function openDraft(question: Question): Draft {
  return {
    question,
    homes: 0,
    homeMonths: 0,
    real: 0,
    was: openTally(),
    would: openTally(),
    months: new Map(),
    differences: [],
    other: new Map(),
  }
}

function close(draft: Draft): Answer {
  const months = [...draft.months.values()].toSorted((a, b) => (a.month < b.month ? -1 : 1))
  return { ...draft, months }
}

function takeHome(draft: Draft, home: HomeHistory, batch: Batch): void {
  const { question } = draft
  const [was, would] = liveTwice(home, batch, question)
  const real = realOf(home, batch.told)
  const pairs = compare(real, toldOf(would))
  const { household, timeZone } = home
  draft.homes++
  draft.homeMonths += (question.to - Math.max(question.from, home.watchedSince)) / MONTH
  draft.real += real.length
  count(draft.was, was)
  count(draft.would, would)
  draft.differences.push(...pairs.map((pair) => ({ ...pair, household, timeZone })))
  addMonths(draft, 'real', real, timeZone)
  addMonths(draft, 'was', toldOf(was), timeZone)
  addMonths(draft, 'would', toldOf(would), timeZone)
}

function liveTwice(
  home: HomeHistory,
  { hidden, choices }: Batch,
  { from, to, was, would }: Question,
): readonly [readonly Foreseen[], readonly Foreseen[]] {
  const { household, timeZone, tier } = home
  const quarters = home.quarters.map((number, i) => ({
    quarter: number * QUARTER,
    events: home.events[i] ?? 0,
    exits: home.exits[i] ?? 0,
    exit: (home.exits[i] ?? 0) > 0,
    sensors: home.sensors[i] ?? 0,
  }))
  const begin = quarters[0]?.quarter ?? Math.max(from, home.watchedSince)
  const unseen = hidden.filter((span) => span.home === null || span.home === home.id)
  const head = {
    household,
    timeZone,
    tier,
    isRest: isRestDay,
    from: begin,
    to,
    out: [],
    readings: 0,
  }
  const life = lifeOf({ ...head, unseen: unseen.map(spanOf) }, signsOf(quarters))
  const { policy } = resolvePolicy(home, choices, to)
  const policies = [tried(policy, tier, was), tried(policy, tier, would)]
  const [before = [], after = []] = foreseeEach(life, policies, quarters).map((found) =>
    found.filter(({ due }) => due >= from),
  )
  return [before, after]
}

function spanOf({ since, until }: HiddenSpan): Span {
  return { since, until }
}

function realOf({ id }: HomeHistory, told: readonly ToldSilence[]): RealSilence[] {
  const first = new Map<Millis, RealSilence>()
  for (const each of told)
    if (each.home === id && !first.has(each.since)) first.set(each.since, each)
  return [...first.values()]
}

function addMonths(
  { months }: Draft,
  what: 'real' | 'was' | 'would',
  told: readonly Told[],
  timeZone: string,
): void {
  for (const { due } of told) {
    const month = new Date(due + offsetSpan(due, timeZone).offset).toISOString().slice(0, 7)
    const row = months.get(month) ?? { month, real: 0, was: 0, would: 0 }
    row[what]++
    months.set(month, row)
  }
}
