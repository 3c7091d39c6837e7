import type pg from 'pg'
import type { OutcomeCode } from '../../schemas/alert.ts'
import type { Choice } from '../../schemas/policy.ts'
import type { SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import {
  type Pair,
  type Tally,
  type Told,
  compare,
  count,
  openTally,
  toldOf,
} from '../core/comparison.ts'
import type { Trial } from '../core/settings.ts'
import { DAY, offsetSpan } from '../core/time.ts'
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
import { type Ran, ranSpans } from '../store/meters.ts'
import { choicesFor } from '../store/policies.ts'
import { ingestBeat } from '../store/unseen.ts'
import type { Chapter, Lived } from './backtest-life.ts'
import { type Crew, openCrew } from './crew.ts'

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
  readonly other: ReadonlyMap<SignalKind, number>
}

// A home knows its rhythm from the weeks before.
const WARM_UP = 60 * DAY
const BATCH = 25
const MONTH = 30.44 * DAY

const WORKER = new URL('backtest-worker.ts', import.meta.url)
// So many batches are read before they are lived: each core has one in hand, and finds the next one there.
const AHEAD = 4

/**
 * Lives the past of homes again in core, under both settings, some homes at a time on each core. It ends where ingest was
 * last there, and is as long as was asked: after that nobody was heard, in a store that was stopped, or a copy.
 */
export async function ask(
  pool: pg.Pool,
  asked: Question,
  onProgress: (done: number, total: number) => void,
): Promise<Answer> {
  const heard = await ingestBeat(pool)
  const to = Math.min(asked.to, heard?.at ?? Infinity)
  const question = { ...asked, from: to - (asked.to - asked.from), to }
  const total = await countHomes(pool, question)
  const draft = openDraft(question)
  await using crew = openCrew<Chapter, readonly Lived[]>(WORKER, Math.ceil(total / BATCH))
  for await (const { batch, lived } of livedBatches(pool, question, crew)) {
    for (const [i, home] of batch.homes.entries()) takeHome(draft, home, batch, lived[i])
    for (const { kind, count: times } of batch.other)
      draft.other.set(kind, (draft.other.get(kind) ?? 0) + times)
    onProgress(draft.homes, total)
  }
  return close(draft)
}

type LivedBatch = { readonly batch: Batch; readonly lived: readonly Lived[] }

async function* livedBatches(
  pool: pg.Pool,
  question: Question,
  crew: Crew<Chapter, readonly Lived[]>,
): AsyncGenerator<LivedBatch> {
  const ahead: Promise<LivedBatch>[] = []
  for (let after = 0; ;) {
    const batch = await readBatch(pool, question, after)
    const last = batch.homes.at(-1)
    if (!last) break
    after = last.id
    const living = live(batch, question, crew)
    // It is awaited when those before it are: until then nobody else would hear of a failure.
    living.catch(() => undefined)
    if (ahead.push(living) > AHEAD) yield await ahead.shift()!
  }
  yield* ahead
}

async function live(
  batch: Batch,
  { from, to, was, would }: Question,
  crew: Crew<Chapter, readonly Lived[]>,
): Promise<LivedBatch> {
  const { homes, hidden, ran, choices } = batch
  return { batch, lived: await crew.do({ homes, hidden, ran, choices, from, to, was, would }) }
}

type Batch = {
  readonly homes: readonly HomeHistory[]
  readonly hidden: readonly HiddenSpan[]
  readonly ran: readonly Ran[]
  readonly told: readonly ToldSilence[]
  readonly choices: readonly Choice[]
  readonly other: readonly { kind: SignalKind; count: number }[]
}

async function readBatch(pool: pg.Pool, question: Question, after: number): Promise<Batch> {
  const { from, to } = question
  const past = { from: from - WARM_UP, to }
  const homes = await homeHistories(pool, { ...question, after, limit: BATCH }, past)
  const ids = homes.map(({ id }) => id)
  const [hidden, ran, told, choices, other] = await Promise.all([
    hiddenSpans(pool, ids, past),
    ranSpans(
      pool,
      ids.map((home) => ({ home, after: past.from })),
    ),
    toldSilences(pool, ids, { from, to }),
    choicesFor(pool, ids, to),
    otherSignals(pool, ids, { from, to }),
  ])
  return { homes, hidden, ran, told, choices, other }
}

type Draft = {
  -readonly [Key in 'homes' | 'homeMonths' | 'real']: Answer[Key]
} & {
  readonly question: Question
  readonly was: Tally
  readonly would: Tally
  readonly months: Map<string, Month>
  readonly differences: Difference[]
  readonly other: Map<SignalKind, number>
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

function takeHome(
  draft: Draft,
  home: HomeHistory,
  batch: Batch,
  [was, would]: Lived = [[], []],
): void {
  const { question } = draft
  const real = realOf(home, batch.told)
  const pairs = compare(real, toldOf(would))
  const { household, timeZone } = home
  draft.homes++
  const watched = question.to - Math.max(question.from, home.watchedSince)
  draft.homeMonths += Math.max(0, watched) / MONTH
  draft.real += real.length
  count(draft.was, was)
  count(draft.would, would)
  draft.differences.push(...pairs.map((pair) => ({ ...pair, household, timeZone })))
  addMonths(draft, 'real', real, timeZone)
  addMonths(draft, 'was', toldOf(was), timeZone)
  addMonths(draft, 'would', toldOf(would), timeZone)
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
