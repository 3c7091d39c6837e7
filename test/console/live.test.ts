import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { pino } from 'pino'
import { describe, expect } from 'vitest'
import { openLive } from '../../services/console/live.ts'
import { signInLink } from '../../services/console/session.ts'
import { startConsole } from '../../services/console/start.ts'
import type { Clock } from '../../services/core/time.ts'
import { test } from '../database.ts'
import { SESSION_KEY, VOICE } from './desk.ts'
import { NAMES_KEY, NIGHT, SEOUL, buildTown, stillClock } from './town.ts'

const serve = (pool: pg.Pool, clock: Clock = stillClock(NIGHT), port = 0) =>
  startConsole({
    pool,
    clock,
    log: pino({ level: 'silent' }),
    sessionKey: SESSION_KEY,
    namesKey: NAMES_KEY,
    mail: null,
    callbacks: {},
    voice: VOICE,
    told: () => Promise.resolve(),
    raised: () => Promise.resolve(),
    pushKey: null,
    timeZone: SEOUL,
    host: '127.0.0.1',
    port,
  })

/** An open stream over a real socket: the words that came, and the end. */
async function listen(
  url: string,
): Promise<{ words: string[]; ended: Promise<void>; leave(): void }> {
  const link = signInLink({
    key: SESSION_KEY,
    base: url,
    person: 'haneul',
    until: Date.now() + 60_000,
  })
  const entered = await fetch(link, { redirect: 'manual' })
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const leaving = new AbortController()
  const answer = await fetch(`${url}/events`, { headers: { cookie }, signal: leaving.signal })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const words: string[] = []
  return { words, ended: readAll(answer, words), leave: () => leaving.abort() }
}

async function readAll(answer: Response, words: string[]): Promise<void> {
  const text = new TextDecoder()
  // Who leaves is aborted in the middle of reading: that is an end too.
  const chunks = answer.body ?? []
  try {
    for await (const chunk of chunks)
      words.push(...[...text.decode(chunk).matchAll(/event: (\w+)/g)].map(([, word]) => word ?? ''))
  } catch {
    return
  }
}

async function isListening(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`)
  return (await answer.text()).includes('"listening":true')
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 200) throw new Error('it never came true')
    await sleep(25)
  }
}

describe('the live stream', () => {
  test('tells a change of the database to an open page', async ({ pool }) => {
    const town = await buildTown(pool)
    await using served = await serve(pool)
    const page = await listen(served.url)
    await until(() => page.words.includes('beat'))
    await until(() => isListening(served.url))
    const before = page.words.length
    await town.raise('home-01', 'danger')
    await until(() => page.words.slice(before).includes('change'))
    page.leave()
    await page.ended
  })

  test('joins a storm of changes into about four words a second', async ({ pool }) => {
    const town = await buildTown(pool)
    await using served = await serve(pool)
    const page = await listen(served.url)
    await until(() => isListening(served.url))
    const start = performance.now()
    for (let n = 0; n < 100; n++) await town.changed()
    await sleep(300)
    const seconds = (performance.now() - start) / 1000
    const changes = page.words.filter((word) => word === 'change').length
    expect(changes).toBeGreaterThan(0)
    expect(changes).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
    page.leave()
    await page.ended
  })

  test('ends within a second when the console closes, however many listen', async ({ pool }) => {
    await buildTown(pool)
    const served = await serve(pool)
    const pages = await Promise.all(Array.from({ length: 5 }, () => listen(served.url)))
    const start = performance.now()
    await served[Symbol.asyncDispose]()
    await Promise.all(pages.map(({ ended }) => ended))
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('beats every second for a clock that runs fast, so that a replay moves', async ({
    pool,
  }) => {
    await buildTown(pool)
    await using served = await serve(pool, { ...stillClock(NIGHT), speed: 1440 })
    const page = await listen(served.url)
    await until(() => page.words.filter((word) => word === 'beat').length >= 2)
    page.leave()
    await page.ended
  })
})

describe('the hub of live pages', () => {
  test('wakes only who has not seen the newest', async () => {
    using live = openLive()
    const never = new AbortController().signal
    live.changed()
    const known = live.next(live.version, 10_000, never)
    await live.next(live.version - 1, 10_000, never)
    expect(await Promise.race([known.then(() => 'woken'), sleep(20, 'waits')])).toBe('waits')
    live.changed()
    await known
  })

  test('lets go of a page that has gone', async () => {
    using live = openLive()
    const gone = new AbortController()
    const waiting = live.next(live.version, 10_000, gone.signal)
    gone.abort()
    await waiting
  })
})

test('a port that is taken is named, with what to do', async ({ pool }) => {
  await using served = await serve(pool)
  const port = Number(new URL(served.url).port)
  await expect(serve(pool, stillClock(NIGHT), port)).rejects.toThrow(
    `127.0.0.1:${port}: is the port taken? Set ANBU_HTTP_PORT`,
  )
})
