import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Grade, Presence, Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Agreeing, DAYS_BACK, WITHIN, learnAgreement, trustOf } from './agreement.ts'
import { type Running, ranThrough } from './draw.ts'
import { type Hearing, hearOn, openHeard } from './evaluation/heard.ts'
import { type Life, quartersOf, signOf, unseenAt } from './evaluation/life.ts'
import { type Policy, type QuietHome, judge, lastBelieved } from './inactivity.ts'
import { nextLearning } from './learning.ts'
import { AFTERGLOW, SETTLE } from './presence.ts'
import { type ActiveQuarter, EMPTY_RHYTHM, learn } from './rhythm.ts'
import { KNOWN_BACK, restlessAt } from './restless.ts'
import { NOTHING_STANDS, type Stands, standBy, standOn, standsIn } from './standing.ts'
import { stirsOf } from './stirs.ts'
import { DAY, MINUTE, QUARTER, dayStart, fromLocal, localDay, spansBeyond } from './time.ts'

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

type Walk = {
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
  readonly heard: Hearing
  presence: Presence
  presenceSince: Millis
  grade: Grade | null
  stands: Stands
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
    heard: openHeard(life),
    presence: 'home',
    presenceSince: from,
    grade: null,
    stands: NOTHING_STANDS,
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
  walk.heard.walking = rhythm.walking
  walk.deadline = Math.min(walk.deadline, now)
  look(walk, now)
}

function takeSign(walk: Walk): void {
  const sign = signOf(walk.life, walk.next++)
  const { at, exit, sensor } = sign
  walk.deadline = Math.min(walk.deadline, lookAfter(walk, at, exit))
  walk.lastActivity = at
  hearOn(walk.heard, sign)
  const { going } = walk.stands
  if (going?.slot === sensor)
    walk.stands = { ...walk.stands, going: standOn(going, at, walk.life.unseen) }
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
  if (isBack) Object.assign(walk, { grade: null, stands: NOTHING_STANDS })
  if (judgement.kind === 'unusual') {
    const { grade, due, reason } = judgement
    walk.found.push({ grade, due, found: now, reason })
    walk.grade = grade
    walk.stands = standBy(walk.stands, reason, standing, now)
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
  const { life, policy, rhythm, lastActivity, heard, trust, presence } = walk
  const { lastInner, lastExit, lastOther } = heard
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
    trust: trust.get(heard.lastSensor) ?? 1,
    lastCompany: companyIn(heard, now),
    restless: restlessAt(heard.goings, now, { rest: rhythm.tireless.rest, unseen }),
    ...standsIn(walk.stands, { ...heard, few: rhythm.walking.few }, unseen, now),
    lastInner,
    lastExit,
    stirs: stirsOf(heard.inside),
    running: runningAt(life, lastActivity, now),
    before: { presence, since: walk.presenceSince },
    confirmed: 0,
    unseen,
    raised: walk.grade,
  }
}

function companyIn({ lastCompany }: Hearing, now: Millis): Millis | null {
  return (lastCompany ?? -Infinity) > now - KNOWN_BACK ? lastCompany : null
}
