import { seeded } from '../../simulator/random.ts'
import { GRADES } from '../../schemas/signal.ts'
import type { Detector } from '../core/evaluation/detector.ts'
import type { Result } from '../core/evaluation/examine.ts'
import { deployed } from '../core/evaluation/model.ts'
import { bootstrap, delayAt } from '../core/evaluation/frontier.ts'
import { type Block, CAUSES, type Point, pointsOf } from '../core/evaluation/score.ts'

const RATES = [3, 1, 0.3, 0.1, 0.05]

/** The whole evaluation as one object: each detector at each setting, of all homes together and of each. */
export function jsonOf(results: readonly Result[], detectors: readonly Detector[]): object {
  return {
    homes: results.map(
      ({ household, kit, days, testDays, readings, cuts, cutsAway, cutsBlind }) => ({
        household,
        kit,
        days,
        testDays,
        readings,
        cuts,
        cutsAway,
        cutsBlind,
      }),
    ),
    detectors: detectors.map((detector) => ({
      name: detector.name,
      unit: detector.unit,
      points: sure(blocksOf(results, detector), detector),
      perHome: Object.fromEntries(
        results.map((result) => [
          result.household,
          pointsOf(blocksOf([result], detector), detector.settings),
        ]),
      ),
    })),
    grades: gradesOf(results),
  }
}

function blocksOf(results: readonly Result[], { name }: Detector): Block[] {
  return results.flatMap(({ scores }) => scores.get(name)?.blocks ?? [])
}

function sure(blocks: readonly Block[], { name, settings }: Detector): object[] {
  const spreads = bootstrap(blocks, settings, seeded(name, 'bootstrap'))
  return pointsOf(blocks, settings).map((point, i) => ({ ...point, interval: spreads[i] }))
}

function gradesOf(results: readonly Result[]): Record<string, Point> {
  const points = pointsOf(blocksOf(results, deployed), deployed.settings)
  return Object.fromEntries(points.map((point, i) => [GRADES[i] ?? '', point]))
}

/** What staff read: delay at equal false signals, the false signals of each grade by cause, and what was left out. */
export function tablesOf(
  results: readonly Result[],
  detectors: readonly Detector[],
  budget: number | undefined,
): string[] {
  const rates = [...new Set([...RATES, ...(budget === undefined ? [] : [budget])])].toSorted(
    (a, b) => b - a,
  )
  return [
    ...sizeOf(results),
    '',
    'Mean delay / p95 in hours, at so many false signals a home and month:',
    ...delayRows(results, detectors, rates),
    ...kitRows(results, detectors, rates),
    '',
    ...hoursOf(results, detectors),
    '',
    ...gradeRows(results),
  ]
}

function delayRows(
  results: readonly Result[],
  detectors: readonly Detector[],
  rates: readonly number[],
): string[] {
  return [
    ['', ...rates.map(String)]
      .map((cell, i) => (i === 0 ? cell.padEnd(20) : cell.padStart(14)))
      .join(''),
    ...detectors.map((detector) =>
      delayRow(pointsOf(blocksOf(results, detector), detector.settings), detector, rates),
    ),
  ]
}

/** Which homes are counted together, besides all: by whether sensors see the rooms and the exit. */
const COVERS = {
  'PIRs and a contact on the exit': ['full', 'motion'],
  'power alone': ['plugs', 'mains'],
}

function kitRows(
  results: readonly Result[],
  detectors: readonly Detector[],
  rates: readonly number[],
): string[] {
  return Object.entries(COVERS).flatMap(([name, kits]) => {
    const some = results.filter(({ kit }) => kit !== null && kits.includes(kit))
    if (some.length === 0 || some.length === results.length) return []
    return [
      '',
      `Of these the ${some.length} homes with ${name}:`,
      ...delayRows(some, detectors, rates),
    ]
  })
}

function sizeOf(results: readonly Result[]): string[] {
  const sum = (pick: (result: Result) => number) =>
    results.reduce((all, each) => all + pick(each), 0)
  const [cuts, away, blind] = [sum((r) => r.cuts), sum((r) => r.cutsAway), sum((r) => r.cutsBlind)]
  const all = Math.max(1, cuts + away + blind)
  const percent = (part: number) => `${((100 * part) / all).toFixed(1)} %`
  return [
    `${results.length === 1 ? 'one home' : `${results.length} homes`}, ${Math.round(sum((r) => r.testDays))} days judged, ${cuts} deaths; left out as away ${percent(away)}, blind ${percent(blind)}`,
  ]
}

function delayRow(points: readonly Point[], { name }: Detector, rates: readonly number[]): string {
  const cells = rates.map((rate) => {
    const at = delayAt(points, rate)
    return (
      at ? `${at.meanDelayHours.toFixed(2)} / ${at.p95.toFixed(1)}` : 'never so quiet'
    ).padStart(14)
  })
  return name.padEnd(20) + cells.join('')
}

// By the hour of the death, at the setting that comes closest to 0.3 false signals from below.
function hoursOf(results: readonly Result[], detectors: readonly Detector[]): string[] {
  const rows = detectors.flatMap((detector) => {
    const points = pointsOf(blocksOf(results, detector), detector.settings)
    const point = points
      .filter(({ falsePerHomeMonth }) => falsePerHomeMonth <= 0.3)
      .toSorted((a, b) => b.falsePerHomeMonth - a.falsePerHomeMonth)[0]
    if (!point) return []
    const hours = [0, 3, 6, 9, 12, 15, 18, 21].map((hour) =>
      (point.byHour[hour]?.toFixed(1) ?? '-').padStart(7),
    )
    const found = Object.values(point.foundWithin).map((each) =>
      `${(100 * each).toFixed(1)} %`.padStart(9),
    )
    return [
      `${detector.name.padEnd(20)}${hours.join('')}${found.join('')}${`${(100 * point.neverFound).toFixed(2)} %`.padStart(9)}`,
    ]
  })
  const head = [0, 3, 6, 9, 12, 15, 18, 21].map((hour) => `${hour}:00`.padStart(7)).join('')
  return [
    'At 0.3: mean delay in hours of deaths at that hour, share found within 6, 12, 24 h, never found:',
    ' '.repeat(20) + head,
    ...rows,
  ]
}

function gradeRows(results: readonly Result[]): string[] {
  const rows = Object.entries(gradesOf(results)).map(([grade, point]) => {
    const rates = [point.falsePerHomeMonth, ...Object.values(point.byCause)]
    const cells = rates.map((rate) => rate.toFixed(3).padStart(9)).join('')
    const found = [point.foundWithin[24], point.neverFound].map((each) =>
      `${(100 * each).toFixed(2)} %`.padStart(10),
    )
    return `${grade.padEnd(20)}${cells}${(point.meanDelayHours ?? Infinity).toFixed(2).padStart(9)}${found.join('')}`
  })
  return [
    'As deployed, where machines, pets and faults go on after a death: false signals a home and month of each grade and above,',
    'by what the silence turned out to be; mean delay in hours, share found within 24 h, never found:',
    ' '.repeat(20) +
      ['all', ...CAUSES, 'delay h', 'in 24 h', 'never'].map((each) => each.padStart(9)).join(''),
    ...rows,
  ]
}
