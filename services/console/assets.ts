import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { createHash } from 'node:crypto'
import type { ConsoleEnv } from './env.ts'

const FILES = [
  ['console.css', 'text/css; charset=utf-8', '/assets/console.css'],
  ['client.js', 'text/javascript; charset=utf-8', '/assets/client.js'],
  ['push.js', 'text/javascript; charset=utf-8', '/assets/push.js'],
  ['icon.svg', 'image/svg+xml', '/assets/icon.svg'],
  // A service worker rules what lies below its own place: all of the console.
  ['worker/sw.js', 'text/javascript; charset=utf-8', '/sw.js'],
  ['manifest.webmanifest', 'application/manifest+json', '/manifest.webmanifest'],
] as const

/** The style, the script and the icon: read once, answered with a validator, so that a new version shows at once. */
export function assetRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()
  for (const [name, type, place] of FILES) {
    const body = readFileSync(new URL(`browser/${name}`, import.meta.url), 'utf8')
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    app.get(place, (c) => {
      c.header('ETag', etag)
      c.header('Cache-Control', 'no-cache')
      if (c.req.header('if-none-match') === etag) return c.body(null, 304)
      return c.body(body, 200, { 'Content-Type': type })
    })
  }
  return app
}
