import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MUTANTS } from '../mutants/mutants.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test.each(MUTANTS)(
  'the mistake in $file at $from can still be made',
  async ({ file, from, to }) => {
    // `npm run mutants` makes each and sees it noticed; here the list only stays true of the code.
    const source = await readFile(`${ROOT}${file}`, 'utf8')
    expect(source.split(from)).toHaveLength(2)
    expect(to).not.toBe(from)
  },
)
