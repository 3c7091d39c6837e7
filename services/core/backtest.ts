import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Grade, Presence, Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Life, quartersOf } from './evaluation/life.ts'
import { type Policy, type QuietHome, judge, lastBelieved } from './inactivity.ts'
import { nextLearning } from './learning.ts'
import { AFTERGLOW, SETTLE } from './presence.ts'
import { type ActiveQuarter, EMPTY_RHYTHM, learn } from './rhythm.ts'
import { MINUTE, QUARTER, type Span, dayStart } from './time.ts'

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
  const walk = openWalk(life, policy, quarters)
  for (;;) {
    const next = inMinute(Math.min(walk.deadline, walk.learnAt, turnAt(walk)))
    if ((life.at[walk.next] ?? Infinity) <= next) takeSign(walk)
    else if (next > life.to) return walk.found
    else look(walk, next)
  }
}

type Walk = {
  readonly life: Life
  readonly policy: Policy
  readonly quarters: readonly ActiveQuarter[]
  readonly found: Foreseen[]
  /** The next sign of life, the next quarter hour to learn, the next stretch out of sight. */
  next: number
  learnt: number
  turn: number
  deadline: Millis
  learnAt: Millis
  rhythm: Rhythm
  lastActivity: Millis
  lastInner: Millis | null
  lastExit: Millis | null
  /** When each sensor gave its last sign of life, by its slot, and which was the last of all. */
  readonly spoke: Map<number, Millis>
  lastSensor: number
  presence: Presence
  presenceSince: Millis
  grade: Grade | null
  silenceSince: Millis
}

function openWalk(life: Life, policy: Policy, quarters: readonly ActiveQuarter[]): Walk {
  const { from } = life
  return {
    life,
    policy,
    quarters,
    found: [],
    next: 0,
    learnt: 0,
    turn: 0,
    deadline: from,
    learnAt: from,
    rhythm: EMPTY_RHYTHM,
    lastActivity: from,
    lastInner: null,
    lastExit: null,
    spoke: new Map(),
    lastSensor: 0,
    presence: 'home',
    presenceSince: from,
    grade: null,
    silenceSince: 0,
  }
}

function inMinute(at: Millis): Millis {
  return Math.ceil(at / MINUTE) * MINUTE
}

function takeSign(walk: Walk): void {
  const at = walk.life.at[walk.next] ?? 0
  const isExit = walk.life.exit[walk.next] === 1
  walk.next++
  walk.deadline = Math.min(walk.deadline, lookAfter(walk, at, isExit))
  walk.lastActivity = Math.max(walk.lastActivity, at)
  walk.lastSensor = walk.life.sensor[walk.next - 1] ?? 0
  walk.spoke.set(walk.lastSensor, at)
  if (isExit) walk.lastExit = at
  else walk.lastInner = at
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
  if (walk.learnAt <= now) learnOn(walk, now)
  if (walk.deadline <= now) judgeNow(walk, now)
}

function learnOn(walk: Walk, now: Millis): void {
  const { timeZone, isRest } = walk.life
  const known = walk.rhythm.until ?? -1
  while ((walk.quarters[walk.learnt]?.quarter ?? Infinity) <= known * QUARTER) walk.learnt++
  const end = walk.quarters.findIndex(({ quarter }, i) => i >= walk.learnt && quarter >= now)
  const past = {
    timeZone,
    activity: walk.quarters.slice(walk.learnt, end < 0 ? undefined : end),
    unseen: unseenAt(walk, now),
    ...(isRest && { isRest }),
  }
  walk.rhythm = learn(walk.rhythm, past, dayStart(now, timeZone))
  walk.learnAt = nextLearning(walk.rhythm.peaks.length, now, timeZone)
  walk.deadline = Math.min(walk.deadline, now)
}

// What is known at `now` of the time out of sight: one that is not over has no end yet.
function unseenAt({ life }: Walk, now: Millis): Span[] {
  return life.unseen
    .filter(({ since }) => since <= now)
    .map(({ since, until }) => ({ since, until: until !== null && until <= now ? until : null }))
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
  }
  walk.silenceSince = walk.lastActivity
  walk.presence = judgement.where.presence
  walk.presenceSince = judgement.where.since
  walk.deadline = judgement.deadline ?? Infinity
}

function lastOtherOf({ spoke, lastSensor }: Walk): Millis | null {
  const others = [...spoke].flatMap(([sensor, at]) => (sensor === lastSensor ? [] : [at]))
  return others.length === 0 ? null : Math.max(...others)
}

function quietHome(walk: Walk, now: Millis): QuietHome {
  const { life, policy, rhythm, lastActivity, lastInner, lastExit, grade: raised } = walk
  const { presence, presenceSince: since } = walk
  return {
    timeZone: life.timeZone,
    ...(life.isRest && { isRest: life.isRest }),
    policy,
    rhythm,
    lastActivity,
    lastRoom: null,
    lastOther: lastOtherOf(walk),
    lastInner,
    lastExit,
    before: { presence, since },
    confirmed: 0,
    unseen: unseenAt(walk, now).filter(({ until }) => (until ?? Infinity) > lastActivity),
    raised,
  }
}
