import type { Millis } from '../../../schemas/time.ts'
import { FIRST_DAYS, nextLearning } from '../learning.ts'
import { mergeSpans } from '../silence.ts'
import { DAY, HOUR, type Span, dayStart, localDay, localQuarter } from '../time.ts'
import type { Detector, Silence } from './detector.ts'
import { SHORTEST, type Watched, foundAfter, isLonely } from './found.ts'
import { type Heard, type Hearing, hearOn, openAftermath, openHeard, silenceOf } from './heard.ts'
import { type Life, signOf } from './life.ts'
import { type Pupil, openPupil } from './pupil.ts'
import { type Cause, type Score, addCut, addFalse, blockAt, causeOf, openScore } from './score.ts'
import { turnsThrough } from './turns.ts'

/** How to examine: after how many days of learning, cut how often, and in blocks of how many days. */
export type Examination = {
  readonly trainDays: number
  readonly cutEvery: Millis
  readonly blockDays: number
}

/** What came of one home, and what was left out for all detectors alike. */
export type Result = {
  readonly household: string
  /** What is installed, or null where nobody says. */
  readonly kit: string | null
  readonly days: number
  readonly testDays: number
  readonly readings: number
  readonly cuts: number
  /** Cuts at which the exit door said that the person was out, and at which nobody could see the home. */
  readonly cutsAway: number
  readonly cutsBlind: number
  readonly scores: ReadonlyMap<string, Score>
}

/**
 * Lets detectors live through a home, prequentially: each day is judged by what was learnt before it. A silence
 * that ends after a signal was due made a false one, at most one at each setting. For the delay the stream is cut
 * at many moments: whoever died then is found when the silence since their last sign of life is due; where machines, pets
 * and faults are heard on, when one of the silences between those is.
 */
export function examine(life: Life, detectors: readonly Detector[], how: Examination): Result {
  const walk = openWalk(life, detectors, how)
  for (let i = 0; i < life.at.length; i++) {
    const sign = signOf(life, i)
    learnUntil(walk, sign.at)
    hearOn(walk.heard, sign)
    pass(walk, sign.at, life.at[i + 1] ?? life.to)
  }
  return close(walk)
}

type Walk = {
  readonly life: Life
  readonly how: Examination
  readonly watched: readonly Watched[]
  /** Those of them that know of sensors which go on alone. */
  readonly deployed: readonly Watched[]
  readonly names: readonly string[]
  readonly testFrom: Millis
  readonly isUnseen: (at: Millis) => boolean
  readonly isOut: (at: Millis) => boolean
  readonly pupil: Pupil
  readonly silencesAfter: ReturnType<typeof openAftermath> | null
  /** The first local days with a sign of life: with each of them a rhythm knows one more. */
  readonly firstDays: readonly number[]
  nextLearn: Millis
  nextCut: Millis
  readonly heard: Hearing
  /** The same in the silence that is judged, by whoever may die in it. */
  dying: Heard
  cuts: number
  cutsAway: number
  cutsBlind: number
}

function openWalk(life: Life, detectors: readonly Detector[], how: Examination): Walk {
  const first = dayStart(life.from, life.timeZone)
  const testFrom = dayAfter(first, how.trainDays, life.timeZone)
  const pupil = openPupil(life)
  const watched = detectors.map((detector) => ({
    watcher: detector.open(life, pupil),
    score: openScore(detector.settings.length),
    hearsOn: detector.hearsOn ?? false,
    due: new Float64Array(detector.settings.length),
    again: new Float64Array(detector.settings.length),
    told: new Map<Heard, Float64Array>(),
  }))
  return {
    life,
    how,
    watched,
    deployed: watched.filter(({ hearsOn }) => hearsOn),
    names: detectors.map(({ name }) => name),
    testFrom,
    isUnseen: within(life.unseen),
    isOut: within(life.out),
    pupil,
    silencesAfter: life.after ? openAftermath(life.after) : null,
    firstDays: firstDaysOf(life),
    nextLearn: nextLearning(0, life.from, life.timeZone),
    nextCut: testFrom,
    heard: openHeard(life),
    dying: openHeard(life),
    cuts: 0,
    cutsAway: 0,
    cutsBlind: 0,
  }
}

function firstDaysOf({ at, timeZone }: Life): number[] {
  const days = new Set<number>()
  for (let i = 0; i < at.length && days.size < FIRST_DAYS; i++)
    days.add(localDay(at[i] ?? 0, timeZone))
  return [...days]
}

function dayAfter(start: Millis, days: number, timeZone: string): Millis {
  return dayStart(start + days * DAY + 12 * HOUR, timeZone)
}

function learnUntil(walk: Walk, at: Millis): void {
  while (walk.nextLearn <= at) learnOnce(walk)
}

function learnOnce(walk: Walk): void {
  const { timeZone } = walk.life
  const midnight = dayStart(walk.nextLearn, timeZone)
  for (const { watcher, told } of walk.watched) {
    watcher.learn(midnight)
    told.clear()
  }
  walk.pupil.learn(midnight)
  const { walking, tireless } = walk.pupil.rhythm()
  walk.heard.walking = walking
  walk.heard.rest = tireless.rest
  walk.dying = { ...walk.dying, walking, rest: tireless.rest }
  const today = localDay(midnight, timeZone)
  const known = walk.firstDays.filter((day) => day < today).length
  // Here no past arrives late: another lesson of the same day would bring nothing new.
  while (dayStart(walk.nextLearn, timeZone) === midnight)
    walk.nextLearn = nextLearning(known, walk.nextLearn, timeZone)
}

function pass(walk: Walk, since: Millis, until: Millis): void {
  if (until <= walk.testFrom) return
  if (walk.nextCut < until || until - since >= SHORTEST) judge(walk, walk.watched, until)
  else if (isLonely(walk.heard, until)) judge(walk, walk.deployed, until)
}

// Who dies before something begins to run dies with nothing on; who dies when it has gone off, too, but in a silence that
// began with it.
function judge(walk: Walk, watched: readonly Watched[], until: Millis): void {
  const [first, ...turns] = turnsThrough(walk.life.ran ?? [], walk.heard.lastAt, until)
  walk.dying = { ...walk.heard, running: first.on }
  let silence = silenceOf(walk.dying)
  for (const { watcher, due } of watched) watcher.due(silence, due)
  for (const { at, running, on } of turns) {
    learnWhile(walk, watched, silence, at)
    countCuts(walk, silence, at)
    walk.dying = { ...walk.dying, running: on }
    if (running === silence.running) continue
    silence = { ...silence, running }
    for (const each of watched) relearn(each, silence, at)
  }
  learnWhile(walk, watched, silence, until)
  countFalse(walk, watched, silence, until)
  countCuts(walk, silence, until)
}

// A rhythm that is learnt anew during the silence decides from then on.
function learnWhile(
  walk: Walk,
  watched: readonly Watched[],
  silence: Silence,
  until: Millis,
): void {
  while (walk.nextLearn < until) {
    const at = walk.nextLearn
    learnOnce(walk)
    for (const each of watched) relearn(each, silence, at)
  }
}

function relearn({ watcher, due, again }: Watched, silence: Silence, at: Millis): void {
  watcher.due(silence, again)
  for (let k = 0; k < due.length; k++) if ((due[k] ?? 0) > at) due[k] = Math.max(at, again[k] ?? 0)
}

function countFalse(
  walk: Walk,
  watched: readonly Watched[],
  silence: Silence,
  until: Millis,
): void {
  const { since } = silence
  if (since < walk.testFrom) return
  let cause: Cause | null = null
  for (const { score, due } of watched) {
    const block = blockAt(score, blockNumber(walk, since))
    for (let k = 0; k < due.length; k++) {
      if (!isWithin(due[k] ?? 0, since, until)) continue
      cause ??= whyFalse(walk.life, silence, until)
      addFalse(block, k, cause)
    }
  }
}

// Before this silence it was counted with another.
function isWithin(due: Millis, since: Millis, until: Millis): boolean {
  return due >= since && due < until
}

function whyFalse(life: Life, { since, where }: Silence, until: Millis): Cause {
  const blind = life.unseen.some((span) => span.since < until && (span.until ?? until) > since)
  const away = where.presence === 'away'
  return causeOf({ away, blind }, since, until, (at) => localQuarter(at, life.timeZone))
}

function blockNumber({ testFrom, how }: Walk, at: Millis): number {
  return Math.floor(Math.max(0, at - testFrom) / (how.blockDays * DAY))
}

function countCuts(walk: Walk, silence: Silence, until: Millis): void {
  for (; walk.nextCut < until; walk.nextCut += walk.how.cutEvery) {
    const cut = walk.nextCut
    if (cut < silence.since) continue
    if (walk.isUnseen(cut)) walk.cutsBlind++
    else if (walk.isOut(cut) || isThoughtOut(walk, silence)) walk.cutsAway++
    else countCut(walk, cut)
  }
}

// Who is thought out and is at home may die there: where the truth is known, it counts.
function isThoughtOut({ life }: Walk, { where }: Silence): boolean {
  return life.out.length === 0 && where.presence === 'away'
}

// Whether a moment is in one of the spans, asked in order of time.
function within(spans: readonly Span[]): (at: Millis) => boolean {
  const merged = mergeSpans(spans)
  let next = 0
  return (at) => {
    while (endOf(merged[next]) <= at) next++
    return (merged[next]?.since ?? Infinity) <= at
  }
}

function endOf(span: Span | undefined): Millis {
  return span?.until ?? Infinity
}

function countCut(walk: Walk, cut: Millis): void {
  walk.cuts++
  const hour = localQuarter(cut, walk.life.timeZone) >> 2
  for (const watched of walk.watched) {
    const { score } = watched
    const block = blockAt(score, blockNumber(walk, cut))
    const found = watched.hearsOn ? foundAfter(walk, watched, cut) : watched.due
    for (let k = 0; k < found.length; k++) addCut(block, k, hour, (found[k] ?? 0) - cut)
  }
}

function close(walk: Walk): Result {
  const { life, how, testFrom, cuts, cutsAway, cutsBlind } = walk
  const days = (life.to - life.from) / DAY
  const testDays = Math.max(0, (life.to - testFrom) / DAY)
  for (const { score } of walk.watched)
    for (let left = testDays, i = 0; left > 0; left -= how.blockDays, i++)
      blockAt(score, i).days = Math.min(left, how.blockDays)
  const scores = new Map(walk.watched.map(({ score }, i) => [walk.names[i] ?? '', score]))
  const { household, kit = null, readings } = life
  return { household, kit, days, testDays, readings, cuts, cutsAway, cutsBlind, scores }
}
