import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import { MINUTE } from '../core/time.ts'
import {
  type Beat,
  endStandstill,
  ingestBeat,
  lastStandstill,
  openStandstill,
} from '../store/unseen.ts'

/**
 * Whether readings are taken in at all. What was sent by `until` has surely arrived; `excused`: until when nobody
 * could be heard.
 */
export type Pipeline = { readonly runs: false } | Running
export type Running = { readonly runs: true; readonly until: Millis; readonly excused: Millis }

// In real time: ingest beats every 5 s, and a database that is restarted is away for less.
const PATIENCE = 2 * MINUTE
// What is on its way when ingest beats: the wire, the batch. On a fast clock that is a long time.
const ON_ITS_WAY = 1000

/** What a sweep needs. `speed`: how many milliseconds of `now` pass in a real one. */
export type Watching = { readonly pool: pg.Pool; readonly log: Logger; readonly speed: number }

/**
 * The fourth clock. While ingest does not beat, nobody is judged, and the time counts as out of sight for all; so
 * does a pause of which we learn only afterwards, because we stood still too.
 */
export async function checkPipeline(watching: Watching, now: Millis): Promise<Pipeline> {
  const beat = await ingestBeat(watching.pool)
  const longest = PATIENCE * watching.speed
  return beat !== null && now - beat.at <= longest
    ? {
        runs: true,
        until: beat.at - ON_ITS_WAY * watching.speed,
        excused: await excuse(watching, longest, beat, now),
      }
    : await stand(watching, beat)
}

async function stand({ pool, log }: Watching, beat: Beat | null): Promise<{ runs: false }> {
  // Before ingest's first beat nothing stood still: it has not begun, and nobody need be excused for that.
  if (beat === null) return { runs: false }
  const isNews = await openStandstill(pool, beat.at)
  if (isNews) log.error({ lastBeat: beat.at }, 'ingest does not beat: nobody is judged')
  return { runs: false }
}

// Ends what stood still, if anything did, and says until when nobody could be heard.
async function excuse(
  { pool, log }: Watching,
  longest: Millis,
  beat: Beat,
  now: Millis,
): Promise<Millis> {
  const ended = await lastStandstill(pool)
  const pause = (beat.pauseUntil ?? 0) - (beat.pauseSince ?? 0)
  if (ended !== null && pause <= longest) return ended
  // Gateways need a while to come back, and what they kept a while to arrive.
  const grace = longest
  await endStandstill(pool, { longest, grace }, now)
  log.warn({ pause }, 'ingest beats again: while it did not, nobody was seen')
  return now + grace
}
