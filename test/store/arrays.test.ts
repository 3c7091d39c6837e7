import fc from 'fast-check'
import { expect } from 'vitest'
import { booleans, floats, instants, ints, smallints } from '../../services/store/arrays.ts'
import { test } from '../database.ts'

const row = fc.record({
  // Anything a timestamptz and a JavaScript date both hold, before and after 1970 and 2000.
  at: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_000 }),
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  small: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  yes: fc.boolean(),
  value: fc.double({ noNaN: true }),
  until: fc.option(fc.constantFrom(0, 1, 999_999_999_999)),
})

test('what is sent as a binary array is what PostgreSQL reads', async ({ pool }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
      const { rows: read } = await pool.query(
        `select (extract(epoch from at) * 1000)::bigint as at, int, small, yes, value,
           (extract(epoch from until) * 1000)::bigint as until
         from unnest($1::timestamptz[], $2::int[], $3::smallint[], $4::boolean[], $5::float8[], $6::timestamptz[])
           with ordinality as r (at, int, small, yes, value, until, place) order by place`,
        [
          instants(rows, (r) => r.at),
          ints(rows, (r) => r.int),
          smallints(rows, (r) => r.small),
          booleans(rows, (r) => r.yes),
          floats(rows, (r) => r.value),
          instants(rows, (r) => r.until),
        ],
      )
      expect(read).toEqual(rows)
    }),
    { numRuns: 60 },
  )
})
