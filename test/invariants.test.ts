import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const ROOT = new URL('../', import.meta.url)
const read = (path: string) => readFile(new URL(path, ROOT), 'utf8')

test('each of the 24 invariants of escalation has its tests, which begin as docs/escalation.md says', async () => {
  const table = await read('docs/escalation.md')
  const rows = [...table.matchAll(/^\| (I\d+) [^|]*\| (test\/\S+) +\| (.+?) +\|$/gm)]
  const named = new Set(rows.map(([, invariant]) => invariant))
  expect(named).toEqual(new Set(Array.from({ length: 24 }, (_, n) => `I${n + 1}`)))
  for (const [, invariant = '', path = '', title = ''] of rows) {
    const numbers = /^I\d+(, I\d+)*/.exec(title)?.[0].split(', ')
    expect(numbers, title).toContain(invariant)
    expect(await read(path), path).toContain(`'${title}`)
  }
})
