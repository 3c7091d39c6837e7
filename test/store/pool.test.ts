import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { transaction } from '../../services/store/pool.ts'
import { test } from '../database.ts'

test('a connection that is lost in a transaction fails that transaction, and nothing else', async ({
  pool,
}) => {
  const lost = transaction(pool, async (db) => {
    const { rows } = await db.query<{ pid: number }>('select pg_backend_pid() as pid')
    await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    // Between two statements nobody waits for an answer: the loss comes as an event of the client.
    await sleep(50)
    await db.query('select 1')
  })
  await expect(lost).rejects.toThrow()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a transaction that fails leaves nothing behind, and its client can be used again', async ({
  pool,
}) => {
  const failed = transaction(pool, async (db) => {
    await db.query(`insert into setting (name, value) values ('made-up', '1')`)
    throw new Error('made up')
  })
  await expect(failed).rejects.toThrow('made up')
  expect((await pool.query('select from setting')).rowCount).toBe(0)
  expect(pool.totalCount).toBe(1)
})
