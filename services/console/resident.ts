import { createHmac, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { answerAsk } from '../store/asks.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'

/** Where a call service posts what a resident answered: nobody else can make that address. */
export function askPath(key: string, ask: number): string {
  return `/r/${ask}/${markOf(key, ask)}`
}

/** Takes the answers of residents: `key=1` says that all is well, every other key asks for help. */
export function residentRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()
  app.post('/r/:ask{[0-9]{1,15}}/:mark', async (c) => {
    const ask = Number(c.req.param('ask'))
    if (!isSame(c.req.param('mark'), markOf(options.sessionKey, ask))) return c.notFound()
    const { key } = await c.req.parseBody()
    if (typeof key !== 'string' || key === '') return c.json({ error: 'key is missing' }, 400)
    const answer = key === '1' ? 'fine' : 'help'
    const taken = await answerAsk(options.pool, ask, answer, options.voice, options.clock.now())
    await options.told()
    return taken === null ? c.notFound() : c.json({ answer: taken })
  })
  return app
}

function markOf(key: string, ask: number): string {
  return createHmac('sha256', key).update(`anbu ask ${ask}`).digest('base64url')
}

function isSame(given: string, made: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(made)]
  return a.length === b.length && timingSafeEqual(a, b)
}
