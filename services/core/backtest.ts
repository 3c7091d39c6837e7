import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Grade, Presence, Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Agreeing, DAYS_BACK, WITHIN, learnAgreement, trustOf } from './agreement.ts'
import { type Running, ranThrough } from './draw.ts'
import { type Life, quartersOf, unseenAt } from './evaluation/life.ts'
import { type Policy, type QuietHome, judge, lastBelieved } from './inactivity.ts'
import { nextLearning } from './learning.ts'
import { AFTERGLOW, SETTLE } from './presence.ts'
import { type ActiveQuarter, EMPTY_RHYTHM, learn } from './rhythm.ts'
import { KNOWN_BACK } from './restless.ts'
import { NOTHING_GOES, type Ongoing, hearOngoing, ongoingAt, tellOngoing } from './standing.ts'
import { NO_STIRS, type Stirs, stir, stirsOf } from './stirs.ts'
import { DAY, MINUTE, QUARTER, dayStart, fromLocal, localDay, spansBeyond } from './time.ts'
import { NOTHING_SPOKEN, type Spoken, isWalk, speak } from './walking.ts'

/** A signal that would have been raised: `found` is the minute in which the detector would have looked. */
export type Foreseen = {
  readonly grade: Grade
  readonly due: Millis
  readonly found: Millis
  readonly reason: Reason
}

/**
 * What the detector would have raised in a life under a policy, had it looked in every minute: it looks when a
 * deadline passes, when somebody stirs who was out or told of, and after each learning, and arms the next deadline,
 * as the service does with its rows. It is told no outcome, so nothing is closed by a person. `quarters`: what is
 * learnt from, where more is known of them than the signs of life say.
 */
export function foresee(
  life: Life,
  policy: Policy,
  quarters: readonly ActiveQuarter[] = quartersOf(life),
): readonly Foreseen[] {
  const [found = []] = foreseeEach(life, [policy], quarters)
  return found
}

/** The same under each of several policies: what a home does, and so what is learnt of it, is the same under all. */
export function foreseeEach(
  life: Life,
  policies: readonly Policy[],
  quarters: readonly ActiveQuarter[] = quartersOf(life),
): readonly (readonly Foreseen[])[] {
  const walks = policies.map((policy) => openWalk(life, policy))
  const pupil = openPupil(life, quarters)
  let now = inMinute(life.from)
  while (now <= life.to) {
    learnOn(pupil, now)
    learnTrust(pupil, now)
    for (const walk of walks) {
      walkUntil(walk, now)
      lookAnew(walk, pupil, now)
    }
    now = inMinute(nextLearning(pupil.rhythm.peaks.length, now, life.timeZone))
  }
  for (const walk of walks) walkUntil(walk, life.to + 1)
  return walks.map(({ found }) => found)
}

/**
 * What is known of a home: the rhythm, how far each sensor is believed, and up to where its quarter hours were learnt,
 * counted and read.
 */
type Pupil = {
  readonly life: Life
  readonly quarters: readonly ActiveQuarter[]
  learnt: number
  counted: number
  read: number
  rhythm: Rhythm
  sensors: readonly Agreeing[]
  trust: ReadonlyMap<number, number>
}

function openPupil(life: Life, quarters: readonly ActiveQuarter[]): Pupil {
  // Whatever a home has beyond thirty shares the last bit.
  const slots = [...new Set(life.sensor)].filter((slot) => slot < 30)
  const sensors = slots.map((slot) => ({ slot, agreement: null }))
  const begin = { learnt: 0, counted: 0, read: 0 }
  return { life, quarters, ...begin, rhythm: EMPTY_RHYTHM, sensors, trust: new Map() }
}

function learnOn(pupil: Pupil, now: Millis): void {
  const { quarters, life } = pupil
  const quarterAt = (i: number) => quarters[i]?.quarter ?? Infinity
  const known = pupil.rhythm.until ?? -1
  while (quarterAt(pupil.learnt) <= known * QUARTER) pupil.learnt++
  while (quarterAt(pupil.read) < now) pupil.read++
  const past = {
    timeZone: life.timeZone,
    activity: quarters.slice(pupil.learnt, pupil.read),
    unseen: unseenAt(life, now),
    byMotion: life.byMotion ?? false,
    ...(life.isRest && { isRest: life.isRest }),
    ...(life.ran && { ran: life.ran }),
  }
  pupil.rhythm = learn(pupil.rhythm, past, dayStart(now, life.timeZone))
}

function learnTrust(pupil: Pupil, now: Millis): void {
  const { quarters, life, sensors } = pupil
  const today = localDay(now, life.timeZone)
  const first = sensors[0]?.agreement?.day ?? today - DAYS_BACK
  if (first >= today) return
  const since = fromLocal(first * DAY, life.timeZone) - WITHIN
  while ((quarters[pupil.counted]?.quarter ?? Infinity) < since) pupil.counted++
  const activity = quarters.slice(pupil.counted, pupil.read)
  const lived = { activity, unseen: unseenAt(life, now), timeZone: life.timeZone }
  const counted = learnAgreement(sensors, lived, today)
  pupil.sensors = counted
  pupil.trust = new Map(counted.map(({ slot, agreement }) => [slot, trustOf(agreement)]))
}

type Walk = Spoken & {
  readonly life: Life
  readonly policy: Policy
  readonly found: Foreseen[]
  /** The next sign of life, the next end of a stretch out of sight. */
  next: number
  turn: number
  deadline: Millis
  rhythm: Rhythm
  trust: Pupil['trust']
  lastActivity: Millis
  lastInner: Millis | null
  lastExit: Millis | null
  /** The last sign of any sensor but the one that spoke last. */
  lastOther: Millis | null
  lastCompany: Millis | null
  ongoing: Ongoing
  inside: Stirs
  presence: Presence
  presenceSince: Millis
  grade: Grade | null
  silenceSince: Millis
}

function openWalk(life: Life, policy: Policy): Walk {
  const { from } = life
  return {
    life,
    policy,
    found: [],
    next: 0,
    turn: 0,
    deadline: from,
    rhythm: EMPTY_RHYTHM,
    trust: new Map(),
    lastActivity: from,
    lastInner: null,
    lastExit: null,
    lastOther: null,
    lastCompany: null,
    ongoing: NOTHING_GOES,
    inside: NO_STIRS,
    ...NOTHING_SPOKEN,
    presence: 'home',
    presenceSince: from,
    grade: null,
    silenceSince: 0,
  }
}

function inMinute(at: Millis): Millis {
  return Math.ceil(at / MINUTE) * MINUTE
}

// Looks in every minute before `end` in which something is due.
function walkUntil(walk: Walk, end: Millis): void {
  for (;;) {
    const next = inMinute(Math.min(walk.deadline, turnAt(walk), end))
    if ((walk.life.at[walk.next] ?? Infinity) <= next) takeSign(walk)
    else if (next >= end) return
    else look(walk, next)
  }
}

function lookAnew(walk: Walk, { rhythm, trust }: Pupil, now: Millis): void {
  walk.rhythm = rhythm
  walk.trust = trust
  walk.deadline = Math.min(walk.deadline, now)
  look(walk, now)
}

function takeSign(walk: Walk): void {
  const { at: moments, exit, sensor } = walk.life
  const i = walk.next++
  const at = moments[i] ?? 0
  const isExit = exit[i] === 1
  const slot = sensor[i] ?? 0
  walk.deadline = Math.min(walk.deadline, lookAfter(walk, at, isExit))
  if (i > 0 && sensor[i] !== sensor[i - 1]) walk.lastOther = walk.lastActivity
  walk.lastActivity = Math.max(walk.lastActivity, at)
  Object.assign(walk, speak(walk, { at, exit: isExit, sensor: slot }))
  if (isWalk(walk.rhythm.walking, walk)) walk.lastCompany = walk.quarter * QUARTER
  if (isExit) walk.lastExit = at
  else walk.lastInner = at
  walk.ongoing = hearOngoing(walk.ongoing, { at, slot }, walk.life.unseen)
  walk.inside = isExit ? NO_STIRS : stir(walk.inside, at, walk.lastExit)
}

// Who is back, or was told of, is looked at at once; who uses the exit door, when it has been quiet for a while.
function lookAfter(
  { presence, presenceSince, grade, silenceSince }: Walk,
  at: Millis,
  isExit: boolean,
): Millis {
  const isBack = !isExit && presence === 'away' && at > presenceSince + AFTERGLOW
  const isOver = grade !== null && at > silenceSince
  if (isBack || isOver) return at
  return isExit ? at + SETTLE : Infinity
}

// The ends of the stretches out of sight, one after the other: then the home is looked at, as the service does.
function turnAt({ life, turn }: Walk): Millis {
  const span = life.unseen[turn >> 1]
  if (!span) return Infinity
  return turn % 2 === 0 ? span.since : (span.until ?? Infinity)
}

function look(walk: Walk, now: Millis): void {
  while (turnAt(walk) <= now) {
    walk.turn++
    walk.deadline = Math.min(walk.deadline, now)
  }
  if (walk.deadline <= now) judgeNow(walk, now)
}

function judgeNow(walk: Walk, now: Millis): void {
  const standing = quietHome(walk, now)
  const isBack = walk.grade !== null && lastBelieved(standing, now) > walk.silenceSince
  const judgement = judge({ ...standing, raised: isBack ? null : walk.grade }, now)
  walk.grade = isBack ? null : walk.grade
  if (judgement.kind === 'unusual') {
    const { grade, due, reason } = judgement
    walk.found.push({ grade, due, found: now, reason })
    walk.grade = grade
    walk.ongoing = tellOngoing(walk.ongoing, reason, standing, now)
  }
  walk.silenceSince = walk.lastActivity
  walk.presence = judgement.where.presence
  walk.presenceSince = judgement.where.since
  walk.deadline = judgement.deadline ?? Infinity
}

// In which room is not known here.
function runningAt({ ran = [] }: Life, lastActivity: Millis, now: Millis): Running | null {
  const span = ranThrough(ran, lastActivity, now)
  if (!span) return null
  const isOver = span.until !== null && span.until <= now
  return { since: span.since, ...(isOver && { until: span.until }), room: '', role: 'plug' }
}

function quietHome(walk: Walk, now: Millis): QuietHome {
  const { life, policy, rhythm, lastActivity, lastInner, lastExit, lastOther } = walk
  const { presence, presenceSince: since, trust } = walk
  const unseen = spansBeyond(unseenAt(life, now), Math.min(lastActivity, now - KNOWN_BACK))
  return {
    timeZone: life.timeZone,
    ...(life.isRest && { isRest: life.isRest }),
    byMotion: life.byMotion ?? false,
    policy,
    rhythm,
    lastActivity,
    lastRoom: null,
    lastOther,
    trust: trust.get(life.sensor[walk.next - 1] ?? 0) ?? 1,
    lastCompany: (walk.lastCompany ?? -Infinity) > now - KNOWN_BACK ? walk.lastCompany : null,
    ...ongoingAt(walk.ongoing, now, { rest: rhythm.tireless.rest, unseen }),
    lastInner,
    lastExit,
    stirs: stirsOf(walk.inside),
    running: runningAt(life, lastActivity, now),
    before: { presence, since },
    confirmed: 0,
    unseen,
    raised: walk.grade,
  }
}
