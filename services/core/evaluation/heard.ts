import type { Millis } from '../../../schemas/time.ts'
import { NO_PASSINGS, withoutPassing } from '../entrance.ts'
import { SETTLE, whereabouts } from '../presence.ts'
import { type Going, type Goings, NOBODY_GOES, type Rest, goOn, restlessAt } from '../restless.ts'
import { type Latest, NOTHING_LATELY, hearLatest, scantSince } from '../scant.ts'
import { NO_STIRS, type Stirs, stir, stirsOf } from '../stirs.ts'
import { HALF_HOUR } from '../silence.ts'
import { DAY, HOUR, QUARTER, type Span } from '../time.ts'
import { NOTHING_SPOKEN, NO_WALKING, type Spoken, type Walking, isWalk, speak } from '../walking.ts'
import { SWEEP_CEILING, type Silence } from './detector.ts'
import type { Life, Sign, Signs } from './life.ts'

/** What a home's sensors have said so far, as far as it tells of the silence that follows. */
export type Heard = Spoken &
  Omit<Silence, 'since' | 'where' | 'stirs' | 'running' | 'restless' | 'scant'> & {
    /** Since when something is on. */
    readonly running: Silence['running']
    readonly timeZone: string
    readonly byMotion: boolean
    /** What is known of how people walk about there. */
    readonly walking: Walking
    readonly inside: Stirs
    readonly goings: Goings
    readonly latest: Latest
    /** How a rest is told in that home, and the time in which nobody could see it. */
    readonly rest: Rest
    readonly unseen: readonly Span[]
    readonly lastAt: Millis
    readonly lastSensor: number
  }

/** The same while it is added to. */
export type Hearing = { -readonly [Part in keyof Heard]: Heard[Part] }

/** Nothing was heard yet, and somebody is at home. */
export function openHeard({
  from,
  timeZone,
  byMotion = false,
  unseen,
}: Pick<Life, 'from' | 'timeZone' | 'byMotion' | 'unseen'>): Hearing {
  return {
    timeZone,
    byMotion,
    walking: NO_WALKING,
    inside: NO_STIRS,
    goings: NOBODY_GOES,
    latest: NOTHING_LATELY,
    rest: 1,
    unseen,
    running: null,
    lastInner: null,
    lastExit: null,
    lastOther: null,
    lastCompany: null,
    before: { presence: 'home', since: from },
    lastAt: NaN,
    lastSensor: NaN,
    ...NOTHING_SPOKEN,
  }
}

/** What is heard with the next sign of life; the silence before it is over, and where it was thought to be is remembered. */
export function hear(heard: Heard, sign: Sign): Heard {
  const next = { ...heard }
  hearOn(next, sign)
  return next
}

/** The same in place: a year of one home has 100,000 signs, and most are followed by the next at once. */
export function hearOn(heard: Hearing, sign: Sign): void {
  const { at, exit, sensor } = sign
  if (at - heard.lastAt >= SETTLE) heard.before = beforeNow(heard)
  if (sensor !== heard.lastSensor && !Number.isNaN(heard.lastSensor)) heard.lastOther = heard.lastAt
  const spoken = speak(heard, sign)
  heard.quarter = spoken.quarter
  heard.sensors = spoken.sensors
  heard.signs = spoken.signs
  if (isWalk(heard.walking, spoken)) heard.lastCompany = spoken.quarter * QUARTER
  goOnWith(heard, sign)
  heard.latest = latestWith(heard, sign)
  heard.running = onAt(heard, at)
  heard.inside = exit ? NO_STIRS : stir(heard.inside, at, heard.lastExit)
  if (exit) heard.lastExit = at
  else heard.lastInner = at
  heard.lastAt = at
  heard.lastSensor = sensor
}

// The same sensor in the same half hour changes nothing of who goes on, and most signs are that.
function goOnWith(heard: Hearing, { at, sensor: slot }: Sign): void {
  const isOne = Math.floor(heard.lastAt / HALF_HOUR) === Math.floor(at / HALF_HOUR)
  if (!isOne || slot !== heard.lastSensor)
    heard.goings = goOn(heard.goings, { at, slot }, heard.unseen)
}

// Once begun it goes on: what was told of by it ends by it.
function latestWith({ walking, latest, lastAt }: Heard, sign: Sign): Latest {
  const isKnown = walking.few !== null || latest !== NOTHING_LATELY
  return isKnown ? hearLatest(latest, sign, lastAt) : latest
}

// Of who lives it is told anew with each silence. What is on at a death goes off by itself, as televisions do.
const GOES_OFF = 4 * HOUR

function onAt({ running }: Heard, at: Millis): Millis | null {
  return running !== null && at < running + GOES_OFF ? running : null
}

// No more of it than is told from later: so what was heard is the same however it came about.
function beforeNow(heard: Heard): Heard['before'] {
  const { presence, since } = whereIn(heard)
  return { presence, since }
}

/** The silence that begins with the last sign. */
export function silenceOf(heard: Heard): Silence {
  const {
    lastAt: since,
    lastInner,
    lastExit,
    lastOther,
    lastCompany,
    before,
    inside,
    latest,
    walking,
    running,
  } = heard
  return {
    since,
    running,
    stirs: stirsOf(inside),
    lastInner,
    lastExit,
    lastOther,
    lastCompany,
    restless: restlessAt(heard.goings, since, heard),
    scant: scantSince(latest, walking.few),
    before,
    where: whereIn(heard),
  }
}

/** A stretch in which a home says nothing, after what was heard `since`. */
export type Quiet = { readonly dead: Heard; readonly since: Millis; readonly until: Millis }

/** What somebody who died leaves behind to move is followed for so long. */
export const FOLLOWED = 7 * DAY

/**
 * The silences after a death at a cut: the one that goes on, as it was heard, and those between what nobody makes. Cuts come
 * in order of time. What is heard after different deaths is soon the same, and then is told as the same object.
 */
export function openAftermath(after: Signs): (heard: Heard, cut: Millis) => Generator<Quiet> {
  const { at: moments, sensor } = after
  const links: (Link | undefined)[] = []
  const momentAt = (place: number) => moments[place] ?? Infinity
  const hearNext = (heard: Heard, place: number): Heard => {
    const known = links[place]
    if (known && isSame(known.before, heard)) return known.dead
    const sign = { at: momentAt(place), exit: false, sensor: sensor[place] ?? 0 }
    const link = (links[place] = { before: heard, dead: hear(heard, sign) })
    return link.dead
  }
  let first = 0
  return function* silences(heard, cut) {
    while (momentAt(first) <= cut) first++
    yield { dead: heard, since: -Infinity, until: momentAt(first) }
    let dead = heard
    for (let next = first; momentAt(next) <= cut + FOLLOWED; next++) {
      dead = hearNext(dead, next)
      yield { dead, since: momentAt(next), until: momentAt(next + 1) }
    }
  }
}

/** What was heard before a sign, and with it. */
type Link = { readonly before: Heard; readonly dead: Heard }

function isSame(one: Heard, other: Heard): boolean {
  return one === other || (isSameSign(one, other) && isSamePast(one, other))
}

function isSameSign(one: Heard, other: Heard): boolean {
  return (
    one.lastAt === other.lastAt &&
    one.lastSensor === other.lastSensor &&
    one.sensors === other.sensors &&
    one.running === other.running &&
    one.signs === other.signs &&
    one.walking === other.walking &&
    one.inside.here === other.inside.here &&
    one.inside.before === other.inside.before
  )
}

function isSameGoings(one: Goings, other: Goings): boolean {
  return one === other || (isSameGoing(one.half, other.half) && isSameGoing(one.slow, other.slow))
}

function isSameGoing(ones: readonly Going[], others: readonly Going[]): boolean {
  return (
    ones.length === others.length &&
    ones.every((one, i) => one.every((part, j) => part === others[i]?.[j]))
  )
}

function isSameLatest(one: Latest, other: Latest): boolean {
  return one === other || (one.woke === other.woke && isSameList(one.quarters, other.quarters))
}

function isSameList(ones: readonly number[], others: readonly number[]): boolean {
  return ones.length === others.length && ones.every((one, i) => one === others[i])
}

function isSamePast(one: Heard, other: Heard): boolean {
  return (
    one.lastCompany === other.lastCompany &&
    one.lastOther === other.lastOther &&
    one.lastInner === other.lastInner &&
    one.lastExit === other.lastExit &&
    one.before.presence === other.before.presence &&
    isSameGoings(one.goings, other.goings) &&
    isSameLatest(one.latest, other.latest) &&
    one.before.since === other.before.since
  )
}

// Whoever dies out there is not found by any sensor at home: no baseline counts an absence as silence.
function whereIn({
  lastInner,
  lastExit,
  timeZone,
  byMotion,
  walking,
  inside,
  before,
  lastAt,
}: Heard): Silence['where'] {
  const traces = {
    lastInner,
    lastExit,
    byMotion,
    stirs: stirsOf(inside),
    back: walking.back,
    before,
    confirmed: 0,
    unseen: [],
  }
  // What a home is used to is not known here.
  const told = withoutPassing(traces, NO_PASSINGS, timeZone)
  return whereabouts(told, SWEEP_CEILING, lastAt + SETTLE)
}
