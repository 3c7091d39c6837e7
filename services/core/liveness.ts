import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY, MINUTE } from './time.ts'

/**
 * A gateway that said goodbye is given so long to come back. A restart takes a minute or two; but the last will of
 * an old connection may come after the gateway is back, and then the next it says is its state, 5 minutes later.
 */
export const GRACE = 7 * MINUTE
/** A gateway that has never spoken is reported only after this: it may still lie in its box. */
export const INSTALLING = DAY
// How often what is not heard is looked at again.
const AGAIN = MINUTE
const SENSOR_AGAIN = 10 * MINUTE

/** What is known of a gateway. `installed`: since when it could have spoken. */
export type QuietGateway = {
  readonly lastSeen: Millis | null
  /** When its last will or goodbye came, or null while it is connected. */
  readonly offline: Millis | null
  readonly silentAfter: Millis
  readonly installed: Millis
  /** Since when it is reported as lost, or null. */
  readonly lostSince: Millis | null
  /** When a person last closed the case of its loss; 0: never. From then on its limit passes once more. */
  readonly confirmed: Millis
}

/**
 * Whether a thing is heard, and when to look again. Not heard: since when, from when on that was too long, and why
 * that is to be told; null while there is nothing to tell.
 */
export type Hearing =
  | { readonly heard: true; readonly lookAt: Millis }
  | {
      readonly heard: false
      readonly since: Millis
      readonly due: Millis
      readonly reason: Reason | null
      readonly lookAt: Millis
    }

/** Since when a row must be said to be lost, or null: from what it said before and what is heard now. */
export function lostSince(before: Millis | null, hearing: Hearing, now: Millis): Millis | null {
  if (hearing.heard) return null
  return before ?? (hearing.reason === null ? null : now)
}

/**
 * Whether a gateway is heard. Until `excused` nobody could be heard, for we were not listening: that excuses who
 * was not lost before.
 */
export function hearGateway(gateway: QuietGateway, excused: Millis, now: Millis): Hearing {
  const { lastSeen, offline, silentAfter } = gateway
  if (lastSeen === null) return neverHeard(gateway, now)
  const left = offline !== null && offline >= lastSeen
  const from = Math.max(left ? offline : lastSeen, gateway.lostSince === null ? excused : 0)
  const limit = left ? GRACE : silentAfter
  if (now < from + limit) return { heard: true, lookAt: from + limit }
  const due = Math.max(from, gateway.confirmed) + limit
  const reason: Reason = left
    ? { rule: 'gateway-offline', lastSeen }
    : { rule: 'gateway-silent', lastSeen, limit }
  return unheard({ since: lastSeen, due, reason }, AGAIN, now)
}

type Unheard = { readonly since: Millis; readonly due: Millis; readonly reason: Reason }

// Before it is due there is nothing to tell: it may lie in its box, or somebody has just closed its case.
function unheard({ since, due, reason }: Unheard, again: Millis, now: Millis): Hearing {
  return { heard: false, since, due, reason: due <= now ? reason : null, lookAt: now + again }
}

function neverHeard({ installed, confirmed }: QuietGateway, now: Millis): Hearing {
  const due = Math.max(installed, confirmed) + INSTALLING
  const reason: Reason = { rule: 'gateway-silent', lastSeen: installed, limit: INSTALLING }
  return unheard({ since: installed, due, reason }, AGAIN, now)
}

/**
 * What is known of a sensor. `confirmed`: when a person last closed the case of its loss, 0: never. `dark`: its
 * home is out of sight; `excused`: until when it was so before.
 */
export type QuietSensor = Pick<
  Extract<Reason, { rule: 'sensor-silent' }>,
  'uid' | 'kind' | 'room' | 'battery'
> & {
  readonly lastSeen: Millis | null
  readonly silentAfter: Millis
  readonly installed: Millis
  readonly lostSince: Millis | null
  readonly confirmed: Millis
  /** What it says again and again since when, and since when that is too long; null while it is not stuck. */
  readonly stuck: { readonly value: number; readonly since: Millis; readonly due: Millis } | null
  readonly dark: boolean
  readonly excused: Millis
}

/** Whether a sensor is heard, and says more than one thing. Its clock runs only while its home is seen. */
export function hearSensor(sensor: QuietSensor, now: Millis): Hearing {
  const { uid, kind, room, battery, silentAfter } = sensor
  const lastSeen = sensor.lastSeen ?? sensor.installed
  const from = Math.max(lastSeen, sensor.lostSince === null ? sensor.excused : 0)
  const due = Math.max(from, sensor.confirmed) + silentAfter
  if (sensor.dark) return inTheDark(sensor, lastSeen, due, now)
  if (sensor.stuck) return stuckHearing(sensor, sensor.stuck, now)
  if (now < from + silentAfter) return { heard: true, lookAt: from + silentAfter }
  const reason: Reason = {
    rule: 'sensor-silent',
    uid,
    kind,
    room,
    lastSeen,
    limit: silentAfter,
    battery,
  }
  return unheard({ since: lastSeen, due, reason }, SENSOR_AGAIN, now)
}

// It speaks, and what it says is nothing that anybody measures: as good as silent since it began.
function stuckHearing(
  { uid, kind, room, confirmed, silentAfter }: QuietSensor,
  { value, since, due }: NonNullable<QuietSensor['stuck']>,
  now: Millis,
): Hearing {
  const reason: Reason = { rule: 'sensor-stuck', uid, kind, room, lastSeen: since, value }
  const again = confirmed > since ? confirmed + silentAfter : due
  return unheard({ since, due: Math.max(due, again), reason }, SENSOR_AGAIN, now)
}

// Nothing new can be told of it: what was lost stays lost.
function inTheDark(
  { lostSince: lost }: QuietSensor,
  since: Millis,
  due: Millis,
  now: Millis,
): Hearing {
  const lookAt = now + SENSOR_AGAIN
  return lost === null
    ? { heard: true, lookAt }
    : { heard: false, since, due, reason: null, lookAt }
}
