import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { DEMANDS, STAFF_OUTCOMES } from '../../services/core/closing.ts'
import { WORDS } from '../../services/console/words.ts'

const BROWSER = new URL('../../services/console/browser/', import.meta.url)
const CSS = readFileSync(new URL('console.css', BROWSER), 'utf8')
const [LIGHT = {}, DARK = {}] = [...CSS.matchAll(/:root \{([^}]*)\}/g)].map(([, block = '']) =>
  Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]),
  ),
)

// Relative luminance and contrast by WCAG 2.2.
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const TONES = ['danger', 'warning', 'caution', 'watch', 'device']
/** What is written on what: 4.5 to 1 (WCAG 1.4.3). */
const TEXT: readonly (readonly [text: string, ground: string])[] = [
  ...['paper', 'card', 'soft', 'danger-soft'].map((ground) => ['ink', ground] as const),
  ...['paper', 'card', 'soft'].map((ground) => ['quiet', ground] as const),
  ...['paper', 'card', 'soft'].map((ground) => ['accent', ground] as const),
  ...TONES.map((tone) => [tone, `${tone}-soft`] as const),
  ...TONES.map((tone) => [tone, 'card'] as const),
  ...['danger', 'warning', 'back'].map((tone) => [tone, 'paper'] as const),
  ['back', 'back-soft'],
  ['back', 'card'],
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
  ['paper', 'ink'],
]
/** What must be told from what beside it: 3 to 1 (WCAG 1.4.11). */
const SHAPES: readonly (readonly [shape: string, ground: string])[] = [
  ['edge', 'paper'],
  ['edge', 'card'],
  ['bar', 'lived'],
  ['exit', 'lived'],
  ['hatch', 'card'],
]

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('in the %s theme', (_, tokens) => {
  test.each(TEXT)('%s can be read on %s', (text, ground) => {
    expect(contrast(tokens[text] ?? '', tokens[ground] ?? '')).toBeGreaterThanOrEqual(4.5)
  })

  test.each(SHAPES)('%s can be told from %s', (shape, ground) => {
    expect(contrast(tokens[shape] ?? '', tokens[ground] ?? '')).toBeGreaterThanOrEqual(3)
  })
})

test('both themes name the same colours', () => {
  expect(Object.keys(DARK)).toEqual(Object.keys(LIGHT))
  expect(Object.keys(LIGHT).length).toBeGreaterThan(20)
})

test('a pair that cannot be read would be found', () => {
  expect(contrast('#777777', '#888888')).toBeLessThan(3)
  // Black on white is the most there is: 21 to 1.
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
})

test('whatever an outcome demands is asked once it is chosen', () => {
  const asking = STAFF_OUTCOMES.filter((code) =>
    DEMANDS[code].some((field) => field === 'how' || field === 'happened'),
  )
  expect(asking.length).toBeGreaterThan(4)
  const shown = [...CSS.matchAll(/\[value='([\w-]+)'\]:checked\) \.for-\1\b/g)].map(
    ([, code]) => code,
  )
  expect(shown).toEqual(asking)
})

test('nothing is fetched from elsewhere by the style', () => {
  expect(CSS).not.toMatch(/url\(|@import/)
})

/** Every word of a catalogue by its path; functions are called with numbers. */
function phrases(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'object' && value !== null) return phrases(value, `${path}.${name}`)
    return [
      [`${path}.${name}`, typeof value === 'function' ? String(value(3, 2, '1')) : String(value)],
    ]
  })
}

test('every phrase is Korean in Korean and English in English', () => {
  const korean = phrases(WORDS.ko).filter(([path]) => path !== '.language')
  const english = phrases(WORDS.en).filter(([path]) => path !== '.language')
  expect(english.filter(([, words]) => /\p{Script=Hangul}/u.test(words))).toEqual([])
  expect(korean.filter(([, words]) => !/\p{Script=Hangul}/u.test(words))).toEqual([])
  expect(english.map(([path]) => path)).toEqual(korean.map(([path]) => path))
})

test(
  'the script of the pages passes the type checker of a browser',
  { timeout: 60_000 },
  async () => {
    const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
    const run = promisify(execFile)(process.execPath, [tsc, '-p', fileURLToPath(BROWSER)])
    await expect(run).resolves.toMatchObject({ stdout: '' })
  },
)
