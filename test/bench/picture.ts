import { minutesOf, quantile } from './gaps.ts'
import type { RecordedHome } from './recorded.ts'
import type { SimulatedHome } from './simulated.ts'

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [760, 420, 60, 20, 50]
const SHARES = Array.from({ length: 80 }, (_, i) => 1 - 10 ** (-0.3 - (i / 79) * 2.7))
const TICKS = [1, 2, 5, 10, 30, 60, 180, 480, 1440]
const MARKS = [0.5, 0.9, 0.99, 0.999]

/** The gaps between signs of life as one picture: how long the share of gaps on the left is, for each home a line. */
export function pictureOf(
  simulated: readonly SimulatedHome[],
  recorded: RecordedHome | null,
): string {
  const lines = simulated.map(({ gaps }) => line(minutesOf(gaps), '#7a8ea8', 0.35, 1))
  const real = recorded ? [line(minutesOf(recorded.gaps), '#c2410c', 1, 2.5)] : []
  const across = TICKS.map(
    (minutes) =>
      `<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(minutes)}" y2="${y(minutes)}" stroke="#e3e6ea"/><text x="${LEFT - 8}" y="${y(minutes) + 4}" text-anchor="end">${minutes < 60 ? `${minutes} min` : `${minutes / 60} h`}</text>`,
  )
  const along = MARKS.map(
    (share) =>
      `<text x="${x(share)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">p${share * 100}</text>`,
  )
  const title = `Gaps between signs of life: ${simulated.length} simulated homes (grey), ${recorded ? `${recorded.name} (orange)` : 'no recorded one'}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333"><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>${[...across, ...along, ...lines, ...real].join('')}<text x="${LEFT}" y="${HEIGHT - 10}">${title}</text></svg>\n`
}

const x = (share: number): number =>
  Math.round(LEFT + ((-Math.log10(1 - share) - 0.3) / 2.7) * (WIDTH - LEFT - 20))

const y = (minutes: number): number =>
  Math.round(
    HEIGHT - BOTTOM - (Math.log(Math.max(1, minutes)) / Math.log(3000)) * (HEIGHT - BOTTOM - TOP),
  )

function line(sorted: readonly number[], colour: string, opacity: number, width: number): string {
  const points = SHARES.map((share) => `${x(share)},${y(quantile(sorted, share))}`).join(' ')
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="${width}"/>`
}
