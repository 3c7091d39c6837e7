import type { Point } from './score.ts'

/** A detector's curve. */
export type Curve = { readonly name: string; readonly points: readonly Point[] }

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [720, 440, 56, 48, 36, 150]
// Okabe and Ito's colours: told apart with any eyes.
const COLOURS = ['#0072b2', '#999999', '#d55e00', '#009e73', '#cc79a7', '#e69f00']
const [LEAST, MOST] = [0.02, 10]
const HOURS = 30

/** Draws the mean delay against the false signals a home and month, a curve for each detector, as SVG. */
export function plot(title: string, curves: readonly Curve[]): string {
  const lines = curves.map((curve, i) => lineOf(curve, COLOURS[i % COLOURS.length] ?? '#000000', i))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${LEFT}" y="20" font-size="14">${escaped(title)}</text>`,
    ...[0.02, 0.05, 0.1, 0.3, 1, 3, 10].map(rateTick),
    ...[0, 6, 12, 18, 24, 30].map(hourTick),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">false signals a home and month</text>`,
    `<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">mean delay, hours</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}

function x(rate: number): number {
  const share = Math.log(Math.max(LEAST, rate) / LEAST) / Math.log(MOST / LEAST)
  return round(LEFT + share * (WIDTH - LEFT - RIGHT))
}

function y(hours: number): number {
  return round(HEIGHT - BOTTOM - (Math.min(HOURS, hours) / HOURS) * (HEIGHT - BOTTOM - TOP))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function rateTick(rate: number): string {
  return `<path d="M${x(rate)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#e5e5e5"/><text x="${x(rate)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${rate}</text>`
}

function hourTick(hours: number): string {
  return `<path d="M${LEFT} ${y(hours)}H${WIDTH - RIGHT}" stroke="#e5e5e5"/><text x="${LEFT - 8}" y="${y(hours) + 4}" text-anchor="end">${hours}</text>`
}

function lineOf({ name, points }: Curve, colour: string, i: number): string {
  const shown = points
    .filter(
      ({ falsePerHomeMonth: rate, meanDelayHours }) =>
        rate >= LEAST && rate <= MOST && (meanDelayHours ?? HOURS) < HOURS,
    )
    .toSorted((a, b) => a.falsePerHomeMonth - b.falsePerHomeMonth)
  const path = shown.map((point) => `${x(point.falsePerHomeMonth)} ${y(point.meanDelayHours ?? 0)}`)
  const at = TOP + 16 + 20 * i
  const legend = `<text x="${WIDTH - RIGHT + 14}" y="${at}" fill="${colour}">${escaped(name)}</text>`
  if (path.length === 0) return legend
  return `<path d="M${path.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>${legend}`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
