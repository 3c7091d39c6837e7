import type pg from 'pg'
import type { Clock } from '../core/time.ts'
import { MINUTE } from '../core/time.ts'
import { overdue, pulses } from '../store/lateness.ts'

/** What is late, in milliseconds of the clock; `late` names what is later than it may be. */
export type Health = {
  readonly late: readonly string[]
  readonly database: 'reachable' | 'away'
  /** Whether changes reach the board at once; otherwise it is polled. */
  readonly listening: boolean
  readonly pulses: Readonly<Record<string, number>>
  readonly overdue: Readonly<Record<'deadline' | 'timer' | 'signal' | 'delivery', number>>
}

// How late each may be, in real time: some sweeps of each. A clock that runs faster allows more of its own.
const MAY_BE_LATE = 2 * MINUTE

/** How late everything is. A database that does not answer within two seconds is away. */
export async function health(pool: pg.Pool, clock: Clock, listening: boolean): Promise<Health> {
  const now = clock.now()
  const found = await within(2_000, Promise.all([overdue(pool, now), pulses(pool)]))
  if (!found)
    return { late: ['database'], database: 'away', listening, pulses: {}, overdue: NOTHING_KNOWN }
  const [due, beats] = found
  const since = (at: number | null) => (at === null ? 0 : Math.max(0, now - at))
  const ages = beats.map(({ service, at }) => [service, since(at)] as const)
  const waits = {
    deadline: since(due.deadline),
    timer: since(due.timer),
    signal: since(due.signal),
    delivery: since(due.delivery),
  }
  const late = [...ages, ...Object.entries(waits)]
    .filter(([, by]) => by > MAY_BE_LATE * clock.speed)
    .map(([name]) => name)
  return {
    late,
    database: 'reachable',
    listening,
    pulses: Object.fromEntries(ages),
    overdue: waits,
  }
}

const NOTHING_KNOWN = { deadline: 0, timer: 0, signal: 0, delivery: 0 }

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
