import { type Markup, markup } from './markup.ts'

/** A group of bars beside one another, one a series. */
export type Group = { readonly name: string; readonly values: readonly number[] }

const WIDTH = 720
const HEIGHT = 220
const LEFT = 46
const BOTTOM = 28
const TOP = 12

/** Bars in groups, with a line every so often; each bar says its number. */
export function bars(groups: readonly Group[], series: readonly string[]): Markup {
  const most = Math.max(1e-9, ...groups.flatMap(({ values }) => values))
  const top = ceilingOf(most)
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / top
  const room = (WIDTH - LEFT) / Math.max(1, groups.length)
  const width = Math.min(34, (room * 0.8) / series.length)
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
${[0, top / 2, top].map((value) => rule(value, y(value)))}
${groups.map(({ name, values }, i) => {
  const left = LEFT + room * (i + 0.5) - (width * series.length) / 2
  return markup`<g>${values.map((value, k) => bar(left + k * width, y(value), width, value, k))}
<text class="name" x="${fixed(LEFT + room * (i + 0.5))}" y="${HEIGHT - 8}">${name}</text></g>`
})}
</svg>`
}

function rule(value: number, y: number): Markup {
  return markup`<line class="rule" x1="${LEFT}" x2="${WIDTH}" y1="${fixed(y)}" y2="${fixed(y)}"/><text class="scale" x="${LEFT - 6}" y="${fixed(y + 4)}">${short(value)}</text>`
}

function bar(x: number, y: number, width: number, value: number, series: number): Markup {
  const height = HEIGHT - BOTTOM - y
  return markup`<rect class="s${series}" x="${fixed(x + 1)}" y="${fixed(y)}" width="${fixed(width - 2)}" height="${fixed(Math.max(0, height))}"><title>${short(value)}</title></rect><text class="value" x="${fixed(x + width / 2)}" y="${fixed(y - 3)}">${short(value, value < 0.1 ? 1 : 2)}</text>`
}

/** What the axis of a strip says: its unit, and what its two sides mean. */
export type StripWords = {
  readonly hours: string
  readonly earlier: string
  readonly later: string
}

/** A dot for each difference along an axis of hours: left is earlier, right is later; graver ones stand out. */
export function strip(
  dots: readonly { readonly hours: number; readonly grave: boolean; readonly title: string }[],
  { hours: unit, earlier, later }: StripWords,
): Markup {
  const most = ceilingOf(Math.max(1, ...dots.map(({ hours }) => Math.abs(hours))))
  const x = (hours: number) => WIDTH / 2 + (hours / most) * (WIDTH / 2 - LEFT)
  const marks = [-most, -most / 2, 0, most / 2, most]
  return markup`<svg viewBox="0 0 ${WIDTH} 134" role="img">
<line class="rule" x1="${LEFT}" x2="${WIDTH - LEFT}" y1="90" y2="90"/>
${marks.map((hours) => markup`<line class="${hours === 0 ? 'zero' : 'rule'}" x1="${fixed(x(hours))}" x2="${fixed(x(hours))}" y1="12" y2="94"/><text class="name" x="${fixed(x(hours))}" y="112">${hours > 0 ? '+' : ''}${short(hours)} ${unit}</text>`)}
${dots.map(({ hours, grave, title }, i) => markup`<circle class="${grave ? 'grave' : 's2'}" cx="${fixed(x(hours))}" cy="${20 + ((i * 37) % 64)}" r="${grave ? 6 : 4}"><title>${title}</title></circle>`)}
<text x="${LEFT}" y="128">← ${earlier}</text><text class="scale" x="${WIDTH - LEFT}" y="128">${later} →</text>
</svg>`
}

// 1, 2 or 5 times a power of ten: numbers that a scale may have.
function ceilingOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power
}

const fixed = (value: number): string => value.toFixed(1)

// Whole numbers in full; of others so many digits, that those above neighbouring bars do not touch.
function short(value: number, digits = 3): string {
  return Number.isInteger(value) ? String(value) : Number(value.toPrecision(digits)).toString()
}
