import { type Block, type Point, WIDTH, pointsOf } from './score.ts'

/** What a detector comes to when it may make so many false signals a home and month. */
export type At = { readonly rate: number; readonly meanDelayHours: number; readonly p95: number }

/**
 * The delay at a rate of false signals, between the two settings around it; null when no setting is as quiet as
 * that. Where even the most eager setting is quieter, its delay stands.
 */
export function delayAt(points: readonly Point[], rate: number): At | null {
  const sorted = points.toSorted((a, b) => b.falsePerHomeMonth - a.falsePerHomeMonth)
  const after = sorted.findIndex((point) => point.falsePerHomeMonth <= rate)
  const [before, next] = [sorted[after - 1], sorted[after]]
  if (!next) return null
  const gap = (before?.falsePerHomeMonth ?? 0) - next.falsePerHomeMonth
  const share = before && gap > 0 ? (before.falsePerHomeMonth - rate) / gap : 1
  const mix = (key: 'meanDelayHours' | 'p95') => {
    const end = next[key] ?? Infinity
    return before && share < 1 ? (before[key] ?? Infinity) * (1 - share) + end * share : end
  }
  return { rate, meanDelayHours: mix('meanDelayHours'), p95: mix('p95') }
}

/** From where to where 95 of 100 resamplings lie. */
export type Interval = readonly [low: number, high: number]

/** How sure the figures of a point are. */
export type Spread = Readonly<
  Record<'falsePerHomeMonth' | 'meanDelayHours' | 'p50' | 'p90' | 'p95', Interval>
>

/** Draws blocks anew, with replacement (Efron 1979), and says for each setting how far its figures move. */
export function bootstrap(
  blocks: readonly Block[],
  settings: readonly number[],
  random: () => number,
  times = 200,
): Spread[] {
  const drawn = Array.from({ length: times }, () =>
    pointsOf([redraw(blocks, settings, random)], settings),
  )
  return settings.map((_, i) => {
    const spread = (key: keyof Spread): Interval => {
      const values = drawn.map((points) => points[i]?.[key] ?? Infinity).toSorted((a, b) => a - b)
      const at = (share: number) => values[Math.floor(share * (values.length - 1))] ?? Infinity
      return [at(0.025), at(0.975)]
    }
    return {
      falsePerHomeMonth: spread('falsePerHomeMonth'),
      meanDelayHours: spread('meanDelayHours'),
      p50: spread('p50'),
      p90: spread('p90'),
      p95: spread('p95'),
    }
  })
}

function redraw(
  blocks: readonly Block[],
  settings: readonly number[],
  random: () => number,
): Block {
  const rows = new Float32Array(settings.length * WIDTH)
  let days = 0
  for (let n = 0; n < blocks.length; n++) {
    const block = blocks[Math.floor(random() * blocks.length)]
    if (!block) continue
    days += block.days
    for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] ?? 0) + (block.rows[i] ?? 0)
  }
  return { days, rows }
}
