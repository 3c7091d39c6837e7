import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import { type DueCursor, dueAlerts, tickAlert, type Voice } from '../store/alerts.ts'
import { begunLeaves, takeLeave, takeLeft } from '../store/begun-leaves.ts'
import { newSignals, returned, setAside, takeReturned, takeSignal } from '../store/intake.ts'
import { whoLeft } from '../store/leaving.ts'
import { newAbsences, takeAbsence, wakeStill } from '../store/standstills.ts'
import { raiseOverdue } from '../store/visits.ts'

/** What escalating needs. */
export type Escalating = {
  readonly pool: pg.Pool
  readonly log: Logger
  readonly voice: Voice
  readonly now: () => Millis
  /** Called whenever something waits to be sent, so that a long sweep does not hold it back. */
  readonly told?: () => Promise<void>
}

// A person's case never waits for more than one batch of things.
const BATCH = 100
// Round trips to the database overlap; a home's own signals never do, for their order counts.
const LANES = 4

type Sweep = Escalating & {
  /** Signals that this sweep could not take. */
  readonly missed: number[]
  readonly seen: { persons: DueCursor; things: DueCursor }
}

/**
 * One sweep: new signals become alerts, what has become better is told to them, and every timer that is due
 * runs; persons before things, again after each batch of things. Each alert is a transaction of its own, so one that
 * fails is logged, stays as it was and is tried again with the next sweep, and holds up no other. Any number may sweep
 * at once. Resolves with how many tellings were planned.
 */
export async function escalate(deps: Escalating): Promise<number> {
  const start = { due: 0, id: 0 }
  const sweep = { ...deps, missed: [], seen: { persons: start, things: start } }
  const began = deps.now()
  await raiseOverdue(deps.pool, began)
  await wakeStill(deps.pool, began)
  let told = (await takeLeaves(sweep)) + (await takeAbsences(sweep))
  for (let more = true; more;) {
    const planned = (await persons(sweep)) + (await takeReturns(sweep))
    const things = await batchOf(sweep, 'things', began)
    more = things.found > 0
    told += planned + things.told
    if (planned + things.told > 0) await deps.told?.()
  }
  return told
}

async function takeLeaves({ pool, log, voice, now }: Sweep): Promise<number> {
  let told = 0
  for (const leave of await begunLeaves(pool, now()))
    told += (await apart(log, { leave }, () => takeLeave(pool, leave, voice, now()))) ?? 0
  for (const left of await whoLeft(pool))
    told += (await apart(log, { left }, () => takeLeft(pool, left, voice, now()))) ?? 0
  return told
}

// Before anything is told: what staff know of already is asked of nobody.
async function takeAbsences({ pool, log, voice, now }: Sweep): Promise<number> {
  let told = 0
  for (const id of await newAbsences(pool, now()))
    told += (await apart(log, { absence: id }, () => takeAbsence(pool, id, voice, now()))) ?? 0
  return told
}

// Only what is due by now: on a fast clock, or under much load, something always is, and things would never have their turn.
async function persons(sweep: Sweep): Promise<number> {
  const began = sweep.now()
  let told = 0
  for (let found = 1; found > 0;) {
    const batch = await batchOf(sweep, 'persons', began)
    // Sent while others are still being planned.
    if (batch.told > 0) await sweep.told?.()
    told += batch.told
    found = batch.found
  }
  return told
}

async function batchOf(
  sweep: Sweep,
  of: 'persons' | 'things',
  by: Millis,
): Promise<{ found: number; told: number }> {
  const signals = await takeSignals(sweep, of)
  const timers = await runTimers(sweep, of, by)
  return { found: signals.found + timers.found, told: signals.told + timers.told }
}

async function takeSignals(
  { pool, voice, now, log, missed }: Sweep,
  of: 'persons' | 'things',
): Promise<{ found: number; told: number }> {
  const signals = await newSignals(pool, of, missed, BATCH)
  const homes = [...Map.groupBy(signals, ({ householdId }) => householdId).values()]
  let told = 0
  await inLanes(homes, async (ofHome) => {
    for (const { id } of ofHome) {
      const planned = await apart(log, { signal: id }, () => takeSignal(pool, id, voice, now()))
      if (planned === null) missed.push(id)
      told += planned ?? 0
    }
  })
  return { found: signals.length, told }
}

async function runTimers(
  { pool, voice, now, log, seen }: Sweep,
  of: 'persons' | 'things',
  by: Millis,
): Promise<{ found: number; told: number }> {
  const due = await dueAlerts(pool, of, seen[of], BATCH, by)
  seen[of] = due.at(-1) ?? seen[of]
  let told = 0
  await inLanes(due, async ({ id }) => {
    const planned = await apart(log, { alert: id }, () => tickAlert(pool, id, voice, now()))
    told += planned ?? 0
  })
  return { found: due.length, told }
}

// A sign of life that follows a signal must find its alert, so it comes after them.
async function takeReturns({ pool, voice, now, log }: Sweep): Promise<number> {
  let told = 0
  for (const row of await returned(pool, BATCH, now())) {
    const aside = (error: unknown) => setAside(pool, row, error, now())
    const take = () => takeReturned(pool, row, voice, now())
    told += (await apart(log, { returned: row }, take, aside)) ?? 0
  }
  return told
}

async function inLanes<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const lane = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(LANES, items.length) }, lane))
}

async function apart(
  log: Logger,
  what: object,
  work: () => Promise<number | null>,
  failed?: (error: unknown) => Promise<void>,
): Promise<number | null> {
  try {
    return await work()
  } catch (error) {
    log.error({ ...what, err: error }, 'could not escalate; it stays as it was and is tried again')
    await failed?.(error)
    return null
  }
}
