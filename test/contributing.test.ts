import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'

const Names = z.record(z.string(), z.string())
const Package = z.object({
  dependencies: Names,
  devDependencies: Names,
  optionalDependencies: Names,
})

test('every dependency has its line in CONTRIBUTING.md, and no line is left of one that is gone', async () => {
  const text = await readFile(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8')
  const justified = [...text.matchAll(/^- `([^`]+)`: .{5,}$/gm)].map(([, name = '']) => name)
  const file = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  const names = Object.values(Package.parse(JSON.parse(file))).flatMap((each) => Object.keys(each))
  expect(justified.toSorted()).toEqual(names.toSorted())
})
