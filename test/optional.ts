import { randomUUID } from 'node:crypto'
import { openPool } from '../services/store/pool.ts'
import { copyDatabase, endPool, onServer, test as base } from './database.ts'
import { find, HOW } from './servers/optional.ts'
import { makeTemplate } from './servers/postgres.ts'
import { emptyRedis, startRedis } from './servers/redis.ts'
import { startTimescale } from './servers/timescaledb.ts'

/**
 * A test that may use `redisUrl` (an empty Redis), `timescaleUrl` and `timescale` (a migrated database of its own
 * on TimescaleDB, and a pool on it) or `chromium` or `mosquitto` (the program's path). It must carry the tag of what it uses, so
 * that it is skipped by name where that is absent: `test('...', { tags: 'redis' }, async ({ redisUrl }) => ...)`.
 */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
  .extend('redisServer', { scope: 'file' }, async ({}, { onCleanup }) => {
    const server = await startRedis()
    onCleanup(() => server[Symbol.asyncDispose]())
    return server
  })
  .extend('redisUrl', async ({ redisServer: { url } }, { onCleanup }) => {
    onCleanup(() => emptyRedis(url))
    return url
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend('timescaleServer', { scope: 'file' }, async ({}, { onCleanup }) => {
    const server = await startTimescale()
    const template = `template_${randomUUID().replaceAll('-', '')}`
    await makeTemplate(server.url, template)
    onCleanup(async () => {
      await onServer(server.url, (admin) => admin.query(`drop database ${template}`))
      await server[Symbol.asyncDispose]()
    })
    return { url: server.url, template }
  })
  .extend('timescaleUrl', async ({ timescaleServer: { url, template } }, { onCleanup }) => {
    const [copy, drop] = await copyDatabase(url, template)
    onCleanup(drop)
    return copy
  })
  .extend('timescale', async ({ timescaleUrl }, { onCleanup }) => {
    const pool = openPool(timescaleUrl)
    onCleanup(() => endPool(pool))
    return pool
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend('chromium', async ({}) => {
    const found = find('chromium')
    if (found?.by === 'path') return found.path
    throw new Error(`chromium is required, but not here: ${HOW.chromium}`)
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend('mosquitto', async ({}) => {
    const found = find('mosquitto')
    if (found?.by === 'path') return found.path
    throw new Error(`mosquitto is required, but not here: ${HOW.mosquitto}`)
  })
