import type { Choice } from '../../schemas/policy.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Foreseen, foreseeEach } from '../core/backtest.ts'
import { lifeOf } from '../core/evaluation/life.ts'
import { signsOf } from '../core/history.ts'
import { isRestDay } from '../core/holidays.ts'
import { resolvePolicy } from '../core/policy.ts'
import { mergeSpans } from '../core/silence.ts'
import { type Trial, tried } from '../core/settings.ts'
import { QUARTER, type Span } from '../core/time.ts'
import type { HiddenSpan, HomeHistory } from '../store/history.ts'
import type { Ran } from '../store/meters.ts'

/** Homes of the store, and the settings under which they are to be lived again. */
export type Chapter = {
  readonly homes: readonly HomeHistory[]
  readonly hidden: readonly HiddenSpan[]
  readonly ran: readonly Ran[]
  readonly choices: readonly Choice[]
  readonly from: Millis
  readonly to: Millis
  readonly was: readonly Trial[]
  readonly would: readonly Trial[]
}

/** What would have been raised in a home, under either setting. */
export type Lived = readonly [was: readonly Foreseen[], would: readonly Foreseen[]]

/** Lives the past of a home again in core, under both settings. */
export function liveTwice(
  home: HomeHistory,
  { hidden, ran, choices, from, to, was, would }: Omit<Chapter, 'homes'>,
): Lived {
  const { household, timeZone, tier, byMotion, metered } = home
  const quarters = home.quarters.map((number, i) => ({
    quarter: number * QUARTER,
    events: home.events[i] ?? 0,
    exits: home.exits[i] ?? 0,
    exit: (home.exits[i] ?? 0) > 0,
    signs: (home.events[i] ?? 0) - (home.exits[i] ?? 0),
    sensors: home.sensors[i] ?? 0,
  }))
  const begin = quarters[0]?.quarter ?? Math.max(from, home.watchedSince)
  const unseen = hidden.filter((span) => span.home === null || span.home === home.id)
  const head = {
    household,
    timeZone,
    tier,
    isRest: isRestDay,
    byMotion,
    ...(metered && { ran: mergeSpans(ran.filter((span) => span.home === home.id).map(spanOf)) }),
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

function spanOf({ since, until }: Span): Span {
  return { since, until }
}
