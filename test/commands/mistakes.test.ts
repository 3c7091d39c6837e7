import { createServer } from 'node:net'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { seedHome } from '../broker/door.ts'
import { test as base } from '../database.ts'
import { anbu } from './terminal.ts'

const NOWHERE = 'postgres://nobody:hidden@127.0.0.1:1/none'

const test = base.extend(
  'folder',
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
  async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'anbu-mistakes-'))
    onCleanup(() => rm(folder, { recursive: true }))
    return folder
  },
)

describe('a mistake is told in a line that says what is wrong, and not by a stack', () => {
  const MISTAKES = [
    [['replay', 'death', '--plan', 'README.md'], 'README.md is no JSON'],
    [['replay', 'death', '--plan', 'no-such.json'], 'no-such.json cannot be read'],
    [['replay', 'death', '--from', '2031-01-02', '--to', '2031-01-01'], 'nothing lies between'],
    [['replay', 'death', '--homes', '0.5'], 'a whole number from 1 on'],
    [['replay', 'home.txt', '--time-zone', 'Mars/X'], 'not an IANA time zone'],
    [['replay', 'no-such-home'], 'no-such-home is no file, and none of'],
    [['simulate', '--day', '1.5'], 'a whole number from 1 on'],
    [
      ['record', '--household', 'home-1', '-o', 'no-such/out.gz'],
      'no-such/out.gz cannot be written',
    ],
    [['record', '--household', 'home-1', '-o', 'docs'], 'docs is a folder'],
    [['backtest', '--html', 'no-such/out.html'], 'no-such/out.html cannot be written'],
    [
      ['evaluate', '--seeds', '1', '--plot', 'no-such/out.svg'],
      'no-such/out.svg cannot be written',
    ],
    [['record', '--household', 'home-1'], 'none at 127.0.0.1:1 does not let us in'],
    [['start', 'broker'], 'is it there, and is ANBU_DATABASE_URL right'],
    [['doctor'], 'ECONNREFUSED'],
  ] as const

  test.for(MISTAKES)('anbu %j', async ([args, says]) => {
    const { code, stdout, stderr } = await anbu(NOWHERE, ...args)
    expect(stderr).toContain(says)
    expect(stderr).not.toMatch(/"stack"|hidden/)
    expect([code, stdout]).toEqual([1, ''])
  })

  test('a port that somebody has', async ({ url }) => {
    const other = createServer()
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, stderr } = await anbu({ url, ANBU_MQTT_PORT: port }, 'start', 'broker')
    other.close()
    expect(stderr).toMatch(/cannot listen there .*EADDRINUSE.*ANBU_MQTT_PORT/)
    expect(stderr).not.toContain('"stack"')
    expect(code).toBe(1)
  })
})

test('a sandbox beside a database that is away', async () => {
  const { code, stderr } = await anbu(NOWHERE, 'replay', 'death', '--sandbox', '--json')
  expect(stderr).toContain('none at 127.0.0.1:1 does not let us in')
  expect(stderr).not.toMatch(/"stack"|hidden/)
  expect(code).toBe(1)
})

test('a recording that comes to nothing leaves what was there', async ({ url, pool, folder }) => {
  await seedHome(pool)
  const output = join(folder, 'home.ndjson')
  await writeFile(output, 'the one of last month')
  const { code, stderr } = await anbu(
    url,
    'record',
    '--household',
    'home-of-gw-made-up',
    '-o',
    output,
  )
  expect([code, stderr]).toEqual([1, expect.stringContaining('said nothing in that time')])
  expect(await readFile(output, 'utf8')).toBe('the one of last month')
  expect(await readdir(folder)).toEqual(['home.ndjson'])
})
