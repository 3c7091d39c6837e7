import type pg from 'pg'
import { type Lateness, faultSentence, faults } from '../core/lateness.ts'
import type { Clock } from '../core/time.ts'
import { readLateness } from '../store/lateness.ts'

/** What is late, in milliseconds of the clock; `late` names what is later than it may be, or failed. */
export type Health = {
  readonly late: readonly string[]
  /** The same in sentences, each with what to do. */
  readonly says: readonly { readonly ko: string; readonly en: string }[]
  readonly database: 'reachable' | 'away'
  /** Whether changes reach the board at once; otherwise it is polled. */
  readonly listening: boolean
  readonly pulses: Readonly<Record<string, number>>
  readonly overdue: Readonly<Record<keyof Lateness['overdue'], number>>
  /** Messages given up within the last hour: a channel, or an address, that does not work. */
  readonly failed: number
  readonly aside: number
  /** Open alerts of persons of which no message has reached anybody. */
  readonly unreached: number
}

/** How late everything is. A database that does not answer within two seconds is away. */
export async function health(pool: pg.Pool, clock: Clock, listening: boolean): Promise<Health> {
  const found = await readLateness(pool, clock)
  const now = clock.now()
  const late = faults(found, clock.speed, now)
  const { overdue, pulses, failed, aside, unreached } = found ?? NOTHING_KNOWN
  const wait = (at: number | null) => (at === null ? 0 : Math.max(0, now - at))
  return {
    late: late.map(({ what }) => what),
    says: late.map((each) => ({ ko: faultSentence(each, 'ko'), en: faultSentence(each, 'en') })),
    database: found ? 'reachable' : 'away',
    listening,
    pulses: Object.fromEntries([...pulses].map(([name, at]) => [name, wait(at)])),
    overdue: {
      deadline: wait(overdue.deadline),
      timer: wait(overdue.timer),
      signal: wait(overdue.signal),
      delivery: wait(overdue.delivery),
    },
    failed,
    aside,
    unreached,
  }
}

const NOTHING_KNOWN: Lateness = {
  overdue: { deadline: null, timer: null, signal: null, delivery: null },
  pulses: new Map(),
  failed: 0,
  aside: 0,
  unreached: 0,
}
