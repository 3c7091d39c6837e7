import type pg from 'pg'
import type { Clock } from '../core/time.ts'
import { HOUR, MINUTE } from '../core/time.ts'
import { failedDeliveries, overdue, pulses } from '../store/lateness.ts'

/** What is late, in milliseconds of the clock; `late` names what is later than it may be, or failed. */
export type Health = {
  readonly late: readonly string[]
  readonly database: 'reachable' | 'away'
  /** Whether changes reach the board at once; otherwise it is polled. */
  readonly listening: boolean
  readonly pulses: Readonly<Record<string, number>>
  readonly overdue: Readonly<Record<'deadline' | 'timer' | 'signal' | 'delivery', number>>
  /** Messages given up within the last hour: a channel, or an address, that does not work. */
  readonly failed: number
}

// In real time: how late each may be, some sweeps of each, and how long a failure is told. A clock that runs faster
// allows more of its own.
const MAY_BE_LATE = 2 * MINUTE
const TOLD_FOR = HOUR

/** How late everything is. A database that does not answer within two seconds is away. */
export async function health(pool: pg.Pool, clock: Clock, listening: boolean): Promise<Health> {
  const now = clock.now()
  const since = now - TOLD_FOR * clock.speed
  const found = await within(
    2_000,
    Promise.all([overdue(pool, now), pulses(pool), failedDeliveries(pool, since)]),
  )
  if (!found) return { ...NOTHING_KNOWN, listening }
  const [due, beats, failed] = found
  const wait = (at: number | null) => (at === null ? 0 : Math.max(0, now - at))
  const ages = beats.map(({ service, at }) => [service, wait(at)] as const)
  const waits = {
    deadline: wait(due.deadline),
    timer: wait(due.timer),
    signal: wait(due.signal),
    delivery: wait(due.delivery),
  }
  const late = [...ages, ...Object.entries(waits)]
    .filter(([, by]) => by > MAY_BE_LATE * clock.speed)
    .map(([name]) => name)
  return {
    late: failed > 0 ? [...late, 'failed'] : late,
    database: 'reachable',
    listening,
    pulses: Object.fromEntries(ages),
    overdue: waits,
    failed,
  }
}

const NOTHING_KNOWN: Omit<Health, 'listening'> = {
  late: ['database'],
  database: 'away',
  pulses: {},
  overdue: { deadline: 0, timer: 0, signal: 0, delivery: 0 },
  failed: 0,
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  const { promise: over, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(resolve, ms, null)
  try {
    // Why it failed stands in the log of whoever works on the database; here it is only away.
    return await Promise.race([work.catch(() => null), over])
  } finally {
    clearTimeout(timer)
  }
}
