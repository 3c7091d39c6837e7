import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { anbu } from './terminal.ts'

const NOWHERE = 'postgres://nobody@127.0.0.1:1/none'

test('an evaluation says how late and how often, with noise too, as a table, a picture and one object', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anbu-evaluate-'))
  const picture = join(folder, 'delay.svg')
  const homes = ['--seeds', '1-2', '--days', '28', '--every', '180']
  const { code, stdout } = await anbu(NOWHERE, 'evaluate', ...homes, '--plot', picture, '--json')
  expect(code).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  for (const name of [
    'anbu',
    'fixed-limit',
    'slot-line',
    'inactivity-score',
    'watch',
    'caution',
    'warning',
    'danger',
  ])
    expect(lines.some((line) => line.startsWith(name))).toBe(true)
  expect(stdout).toContain('Of these the 1 homes with PIRs and a contact on the exit:')

  const told = JSON.parse(lines.at(-1) ?? '')
  expect(told.homes).toMatchObject([
    { household: 'seed-1', kit: 'motion' },
    { household: 'seed-2', kit: 'plugs' },
  ])
  const [model] = told.detectors
  expect(model.points).toHaveLength(23)
  // A larger budget makes no fewer false signals, and no later ones.
  for (const [i, point] of model.points.entries()) {
    const next = model.points[i + 1] ?? point
    expect(next.falsePerHomeMonth).toBeLessThanOrEqual(point.falsePerHomeMonth)
    expect(next.meanDelayHours).toBeGreaterThanOrEqual(point.meanDelayHours)
    expect(point.interval.meanDelayHours).toHaveLength(2)
  }
  const { watch, caution, danger } = told.grades
  expect(watch.meanDelayHours).toBeLessThan(caution.meanDelayHours)
  expect(caution.neverFound).toBe(0)
  expect(danger.falsePerHomeMonth).toBeLessThanOrEqual(caution.falsePerHomeMonth)

  const svg = await readFile(picture, 'utf8')
  expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/)
  for (const name of ['anbu', 'fixed-limit', 'slot-line', 'inactivity-score'])
    expect(svg).toContain(`>${name}</text>`)
  expect(svg.match(/stroke-width="2"/g)?.length).toBeGreaterThan(1)
  await rm(folder, { recursive: true })

  const noisy = await anbu(NOWHERE, 'evaluate', ...homes, '--noise', '0.1', '--json')
  const loud = JSON.parse(noisy.stdout.trimEnd().split('\n').at(-1) ?? '')
  expect(loud.homes[0].readings).toBe(told.homes[0].readings)
  expect(loud.detectors[0].points).not.toEqual(model.points)
  // Noise that outlives its resident keeps nobody alive for good.
  expect(loud.grades.caution.neverFound).toBe(0)
})

test('an evaluation of nothing says what to name', async () => {
  const { code, stderr } = await anbu(NOWHERE, 'evaluate')
  expect(code).not.toBe(0)
  expect(stderr).toContain('--seeds')
  expect((await anbu(NOWHERE, 'evaluate', '--seeds', '1', '--noise', '1.5')).code).not.toBe(0)
})

test('a door whose name does not say so is the exit when it is named, and who left by it is no death at home', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anbu-evaluate-'))
  const file = join(folder, 'home.txt')
  await writeFile(file, Array.from({ length: 20 }, (_, day) => dayOf(day)).join(''))
  const leftOut = async (...exit: string[]) => {
    const { stdout } = await anbu(NOWHERE, 'evaluate', file, '--detector', 'fixed-limit', ...exit)
    return Number(/left out as away ([\d.]+) %/.exec(stdout)?.[1])
  }
  expect(await leftOut()).toBe(0)
  // Out from ten to three of each day.
  expect(await leftOut('--exit', 'D001')).toBeGreaterThan(15)
  await rm(folder, { recursive: true })
})

function dayOf(day: number): string {
  const date = `2026-03-${String(day + 1).padStart(2, '0')}`
  const move = (hour: number) => `${date} ${String(hour).padStart(2, '0')}:30:00\tM001\tON\n`
  const use = (hour: number) =>
    `${date} ${hour}:00:00\tD001\tOPEN\n${date} ${hour}:00:05\tD001\tCLOSE\n`
  return [7, 8, 9].map(move).join('') + use(10) + use(15) + [15, 17, 19, 21].map(move).join('')
}
