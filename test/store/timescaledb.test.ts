import { expect } from 'vitest'
import { migrate } from '../../services/store/migrate.ts'
import { test } from '../optional.ts'

const TAGS = { tags: 'timescaledb' }

test(
  'on TimescaleDB readings, activity and what ran are hypertables',
  TAGS,
  async ({ timescale }) => {
    const { rows } = await timescale.query(
      `select hypertable_name as name, column_name as by, time_interval::text as chunk
     from timescaledb_information.dimensions order by name`,
    )
    expect(rows).toEqual([
      { name: 'activity', by: 'quarter', chunk: '28 days' },
      { name: 'ran', by: 'until', chunk: '28 days' },
      { name: 'reading', by: 'at', chunk: '1 day' },
    ])
  },
)

test('on TimescaleDB a second migration finds nothing to do', TAGS, async ({ timescale }) => {
  expect(await migrate(timescale)).toEqual([])
})
