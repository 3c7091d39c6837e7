import { livesOf } from '../../services/commands/replay-homes.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { type MadeUpHome, homeOf } from '../../simulator/homes.ts'

/** The first midnight. */
export const FROM = Date.parse('2026-09-07T00:00:00+09:00')
/** An hour of a day, from 0. */
export const at = (day: number, hour: number) => FROM + day * DAY + hour * HOUR

/** Somebody dies on the third day. */
export const DEATH = homeOf({
  seed: 11,
  number: 1,
  persona: 'ordinary',
  kit: 'full',
  fate: [{ type: 'dies', at: at(2, 10) }],
})
/** A trip by the front door. */
export const TRIP = homeOf({
  seed: 12,
  number: 2,
  persona: 'earlyRiser',
  kit: 'full',
  fate: [{ type: 'trip', from: at(1, 9), to: at(2, 18) }],
})
/** A neighbour whose line is down for a night. */
export const LINE = homeOf({
  seed: 12,
  number: 5,
  persona: 'homebody',
  kit: 'motion',
  fate: [{ type: 'line-lost', from: at(1, 20), to: at(2, 5) }],
})
/** A gateway without power for a night. */
export const POWER = homeOf({
  seed: 13,
  number: 3,
  persona: 'seldomHome',
  kit: 'motion',
  fate: [{ type: 'gateway-lost', at: at(1, 14), to: at(2, 8) }],
})
/** Somebody known by plugs, who goes on a trip. */
export const PLUGS = homeOf({
  seed: 13,
  number: 4,
  persona: 'stillDays',
  kit: 'plugs',
  fate: [{ type: 'trip', from: at(1, 8), to: at(3, 0) }],
})

/** Homes that live beside each other. */
export const street = (homes: readonly MadeUpHome[], from: number, to: number) =>
  livesOf({ label: 'a street', homes, timeZone: 'Asia/Seoul', from, to })

/** The lines that are of a home. */
export const of = ({ household }: MadeUpHome, lines: readonly string[]) =>
  lines.filter((line) => line.includes(` ${household} `))
