import { expect } from 'vitest'
import { keepMeans, meansHere } from '../../services/store/coverage.ts'
import { test } from '../database.ts'

test('what the alert service can do is kept as one: a write that fails half-way leaves what was there', async ({
  pool,
}) => {
  await keepMeans(pool, { channels: ['email'], asks: false })
  await pool.query(
    `alter table setting add constraint no_asks check (name <> 'asks' or value <> 'true')`,
  )
  await expect(keepMeans(pool, { channels: ['sms'], asks: true })).rejects.toThrow('no_asks')
  expect(await meansHere(pool)).toEqual({ channels: ['email'], asks: false })
})
