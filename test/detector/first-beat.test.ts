import { pino } from 'pino'
import { expect } from 'vitest'
import { watchHomes } from '../../services/detector/watch.ts'
import { beat } from '../../services/store/gateways.ts'
import { test } from '../database.ts'

const NOON = Date.parse('2026-03-02T12:00:00+09:00')

test('a detector that is there before ingest judges nobody, and excuses nobody for it', async ({
  pool,
}) => {
  const watching = { pool, log: pino({ level: 'silent' }), speed: 1 }
  await watchHomes(watching, NOON)
  await beat(pool, 'ingest', NOON + 1000)
  await watchHomes(watching, NOON + 2000)
  expect((await pool.query('select from unseen')).rowCount).toBe(0)
})
