import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import { dueAlerts, tickAlert, type Voice } from '../store/alerts.ts'
import { newSignals, returned, takeReturned, takeSignal } from '../store/intake.ts'

/** What escalating needs. */
export type Escalating = { readonly pool: pg.Pool; readonly log: Logger; readonly voice: Voice }

const BATCH = 200

/**
 * One sweep: new signals become alerts, what has become better is told to them, and every timer that is due
 * runs. Each alert is a transaction of its own, so one that fails is logged, stays as it was and is tried again
 * with the next sweep, and holds up no other. Any number may sweep at once. Resolves with how many tellings
 * were planned.
 */
export async function escalate(deps: Escalating, now: Millis): Promise<number> {
  // In this order: a sign of life that follows a signal must find its alert.
  return (
    (await takeSignals(deps, now)) + (await takeReturns(deps, now)) + (await runTimers(deps, now))
  )
}

async function takeSignals({ pool, log, voice }: Escalating, now: Millis): Promise<number> {
  let told = 0
  for (let ids = await newSignals(pool, 0, BATCH); ids.length > 0;) {
    for (const id of ids)
      told += await apart(log, { signal: id }, () => takeSignal(pool, id, voice, now))
    ids = await newSignals(pool, ids.at(-1) ?? 0, BATCH)
  }
  return told
}

async function takeReturns({ pool, log, voice }: Escalating, now: Millis): Promise<number> {
  let told = 0
  for (const row of await returned(pool, BATCH))
    told += await apart(log, { returned: row }, () => takeReturned(pool, row, voice, now))
  return told
}

async function runTimers({ pool, log, voice }: Escalating, now: Millis): Promise<number> {
  let told = 0
  for (let due = await dueAlerts(pool, { due: 0, id: 0 }, BATCH, now); due.length > 0;) {
    for (const { id } of due)
      told += await apart(log, { alert: id }, () => tickAlert(pool, id, voice, now))
    due = await dueAlerts(pool, due.at(-1) ?? { due: now, id: 0 }, BATCH, now)
  }
  return told
}

async function apart(log: Logger, what: object, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    log.error({ ...what, err: error }, 'could not escalate; it stays as it was for the next sweep')
    return 0
  }
}
