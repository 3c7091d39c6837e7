import type { Millis } from '../../../schemas/time.ts'
import { SETTLE } from '../presence.ts'
import { mergeSpans } from '../silence.ts'
import { DAY, HOUR, QUARTER, type Span, localDay, offsetSpan } from '../time.ts'
import { type Detector, SWEEP_CEILING, type Silence } from './detector.ts'
import type { Life } from './life.ts'

const SLOTS = 96
const WINDOW = 60

/**
 * The Inactivity Score after Wilhelm and Wahl, "Emergency Detection in Smart Homes Using Inactivity Score for Handling
 * Uncertain Sensor Data" (Sensors 24(20), 2024), as far as its abstract and the excerpts that we could read describe it:
 * motion is thinned to one activation a sensor and hour; since the last trusted activity the score adds up the
 * activations that are usual at that time; it is unusual when it exceeds the largest score of the person's last 60 days by a factor.
 */
export const inactivityScore: Detector = {
  name: 'inactivity-score',
  unit: 'x the largest',
  settings: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 6],
  open(life) {
    const score: Score = {
      life,
      next: 0,
      sums: [],
      largest: [],
      rate: new Float64Array(SLOTS).fill(0.25),
    }
    return {
      learn: (until) => learnScore(score, until),
      due(silence, out) {
        const most = score.largest.reduce((all, [, each]) => Math.max(all, each), 1)
        for (const [i, factor] of inactivityScore.settings.entries())
          out[i] = reach(score, silence, factor * most)
      },
    }
  },
}

type Score = {
  readonly life: Life
  next: number
  /** For each day, the thinned activations in each quarter hour. */
  sums: [day: number, counts: Float64Array][]
  /** For each silence of note, its day and its score. */
  largest: [day: number, score: number][]
  rate: Float64Array
}

function learnScore(score: Score, until: Millis): void {
  const today = localDay(until, score.life.timeZone)
  const from = score.next
  score.sums = [...score.sums, ...countThinned(score, until)].filter(
    ([day]) => day >= today - WINDOW,
  )
  const days = Math.max(1, score.sums.length)
  for (let slot = 0; slot < SLOTS; slot++)
    score.rate[slot] = score.sums.reduce((all, [, row]) => all + (row[slot] ?? 0), 0) / days
  noteLargest(score, from, today)
}

function countThinned(score: Score, until: Millis): Map<number, Float64Array> {
  const { life } = score
  const { offset } = offsetSpan(until, life.timeZone)
  const seen = new Map<number, Millis>()
  const counts = new Map<number, Float64Array>()
  for (; (life.at[score.next + 1] ?? Infinity) < until; score.next++) {
    const at = life.at[score.next] ?? 0
    const sensor = life.sensor[score.next] ?? 0
    if (at - (seen.get(sensor) ?? -Infinity) < HOUR) continue
    seen.set(sensor, at)
    countAt(counts, at + offset)
  }
  return counts
}

function countAt(counts: Map<number, Float64Array>, local: number): void {
  const day = Math.floor(local / DAY)
  const row = counts.get(day) ?? new Float64Array(SLOTS)
  counts.set(day, row)
  const slot = Math.floor((local - day * DAY) / QUARTER)
  row[slot] = (row[slot] ?? 0) + 1
}

function noteLargest(score: Score, from: number, today: number): void {
  const { life } = score
  let most = 0
  for (let i = from; i < score.next; i++) {
    const [since, to] = [life.at[i] ?? 0, life.at[i + 1] ?? 0]
    if (to - since < SETTLE || to - since > 2 * DAY) continue
    if (life.exit[i] === 1 && life.exit[i + 1] === 1) continue
    most = Math.max(most, add(score, [], since, { to, limit: Infinity }).sum)
  }
  score.largest = [...score.largest.filter(([day]) => day >= today - WINDOW), [today, most]]
}

function reach(score: Score, { since, where }: Silence, limit: number): Millis {
  const unseen = score.life.unseen.filter((span) => (span.until ?? Infinity) > since)
  const away = where.presence === 'away' ? [{ since: where.since, until: where.until }] : []
  const { at } = add(score, mergeSpans([...unseen, ...away]), since, {
    to: since + SWEEP_CEILING,
    limit,
  })
  return Math.max(at, since + HOUR)
}

function add(
  score: Score,
  skip: readonly Span[],
  since: Millis,
  { to, limit }: { to: Millis; limit: number },
) {
  const { offset } = offsetSpan(since, score.life.timeZone)
  let sum = 0
  for (let at = since; at < to;) {
    const end = Math.min(to, (Math.floor((at + offset) / QUARTER) + 1) * QUARTER - offset)
    const slot = Math.floor((at + offset) / QUARTER) % SLOTS
    const more = skip.some((span) => span.since <= at && (span.until ?? Infinity) > at)
      ? 0
      : ((score.rate[slot] ?? 0) * (end - at)) / QUARTER
    if (sum + more >= limit) return { sum: limit, at: at + ((limit - sum) / more) * (end - at) }
    sum += more
    at = end
  }
  return { sum, at: to }
}
