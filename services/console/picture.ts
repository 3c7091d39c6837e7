import { html } from 'hono/html'
import type { Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { QUARTER } from '../core/time.ts'
import type { Days } from '../store/days.ts'
import { type Calendar, SLOTS, type Slot, slotOf } from './calendar.ts'
import { SHAPES } from './icons.ts'
import type { Html } from './page.ts'

/** What a picture of days is drawn from. `summary` says in words what it shows. */
export type Picture = {
  readonly calendar: Calendar
  readonly days: Days
  readonly zone: string
  readonly title: string
  readonly summary: string
  /** What is said of one signal, such as "위험 어제 02:13". */
  readonly signalWords: (signal: Days['signals'][number]) => string
  readonly now: Millis
}

/** The height of a day's row in pixels: bars grow from its foot, marks stand above them. */
export const ROW = 18
const BARS = 13
const EXIT = 3
/** Bars by how many signs of life a quarter hour had: 1, 2 to 3, 4 to 7, more. Height tells it, not colour alone. */
const LEVELS = [0.34, 0.56, 0.78, 1] as const

/**
 * An actogram: a row a day, a column a quarter hour, as sleep research draws rest and activity. One path a level
 * keeps 28 days within some 30 kB. The plot stretches with the page; marks and their shapes do not.
 */
export function picture(given: Picture): Html {
  const { calendar, days } = given
  const height = calendar.days.length * ROW
  return html`<svg
    class="picture"
    role="img"
    aria-labelledby="picture-title picture-text"
    height="${height}"
  >
    <title id="picture-title">${given.title}</title>
    <desc id="picture-text">${given.summary}</desc>
    <defs>
      <pattern
        id="hatch"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="2.2" height="6" class="hatch" />
      </pattern>
    </defs>
    <svg
      viewBox="0 0 ${SLOTS} ${height}"
      preserveAspectRatio="none"
      width="100%"
      height="${height}"
    >
      <path class="lived" d="${boxes(calendar.slots, 0, ROW - 2)}" />
      ${[1, 2, 3, 4].map((level) => html`<path class="bar level-${level}" d="${bars(given, level)}" />`)}
    </svg>
    ${[6, 12, 18].map((hour) => html`<line class="hour" x1="${percent(hour * 4)}" x2="${percent(hour * 4)}" y1="0" y2="${height}" />`)}
    ${unseenBoxes(given)} ${exits(given)} ${days.signals.map((signal) => mark(given, signal))}
  </svg>`
}

function bars({ calendar, days }: Picture, level: number): string {
  const events = new Map(days.quarters.map((quarter) => [quarter.quarter, quarter.events]))
  const slots = calendar.slots.filter(({ at }) => levelOf(events.get(at) ?? 0) === level)
  const tall = BARS * (LEVELS[level - 1] ?? 0)
  return boxes(slots, BARS - tall, tall)
}

function levelOf(events: number): number {
  if (events < 2) return Math.max(0, events)
  if (events < 4) return 2
  return events < 8 ? 3 : 4
}

type Run = { readonly row: number; readonly from: number; to: number }

// Neighbours of one row become one shape: shorter, and without seams between them.
function runs(slots: readonly Slot[]): Run[] {
  const made: Run[] = []
  for (const { row, slot } of slots) {
    const last = made.at(-1)
    if (last?.row === row && last.to === slot) last.to = slot + 1
    else made.push({ row, from: slot, to: slot + 1 })
  }
  return made
}

function boxes(slots: readonly Slot[], top: number, tall: number): string {
  return runs(slots)
    .map(
      ({ row, from, to }) =>
        `M${from} ${tenth(row * ROW + top)}h${to - from}v${tenth(tall)}h${from - to}z`,
    )
    .join('')
}

function unseenBoxes({ calendar, days, now }: Picture): Html[] {
  const slots = calendar.slots.filter(({ at }) =>
    days.unseen.some(({ since, until }) => at + QUARTER > since && at < (until ?? now)),
  )
  return runs(slots).map(
    ({ row, from, to }) =>
      html`<rect
        class="unseen-time"
        x="${percent(from)}"
        y="${row * ROW}"
        width="${percent(to - from)}"
        height="${ROW - 2}"
        fill="url(#hatch)"
      />`,
  )
}

function exits({ calendar, days }: Picture): Html[] {
  const out = new Set(days.quarters.filter((one) => one.exits > 0).map((one) => one.quarter))
  return calendar.slots
    .filter(({ at }) => out.has(at))
    .map(
      ({ row, slot }) =>
        html`<rect
          class="exit"
          x="${percent(slot)}"
          y="${row * ROW + BARS}"
          width="${percent(1)}"
          height="${EXIT}"
        />`,
    )
}

function mark({ calendar, zone, signalWords }: Picture, signal: Days['signals'][number]): Html {
  const { row, slot } = slotOf(signal.at, calendar.days[0] ?? 0, zone)
  const tone = signal.kind === 'inactivity' ? signal.grade : 'device'
  return html`<svg class="mark ${tone}" x="${percent(slot)}" y="${row * ROW}" overflow="visible">
    <g transform="translate(-6.5 1) scale(0.58)">
      <title>${signalWords(signal)}</title>
      <path d="${shapeOf(tone)}" />
    </g>
  </svg>`
}

function shapeOf(tone: Grade | 'device'): string {
  return tone === 'device' ? 'M3 3h18v18H3zM8 8v8h8V8z' : SHAPES[tone]
}

function percent(slots: number): string {
  return `${Math.round((slots / SLOTS) * 100_000) / 1000}%`
}

function tenth(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
