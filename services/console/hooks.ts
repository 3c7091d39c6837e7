import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { takeReceipts } from '../store/receipts.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'

// A provider tells of many messages at once.
const BODY_BYTES = 256 * 1024

/**
 * /hooks/...: what providers and devices say of messages, each by a proof of its own and without a session. The same
 * again, late, or out of order harms nothing; what is not genuine is refused.
 */
export function hookRoutes({ callbacks, pool, clock }: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()
  app.post('/hooks/:name', bodyLimit({ maxSize: BODY_BYTES }), async (c) => {
    const name = c.req.param('name')
    const read = Object.hasOwn(callbacks, name) ? callbacks[name] : undefined
    if (!read) return c.body(null, 404)
    const receipts = read({ headers: c.req.raw.headers, body: await c.req.text() })
    if (receipts === null) return c.body(null, 401)
    await takeReceipts(pool, receipts, clock.now())
    return c.body(null, 204)
  })
  return app
}
