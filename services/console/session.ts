import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Millis } from '../../schemas/time.ts'
import { HOUR } from '../core/time.ts'

// In real time: a shift.
const SESSION = 12 * HOUR

const COOKIE = 'anbu'

/** What a pass is good for. A link never serves as a session, nor a session as a link. */
type Purpose = 'link' | 'session'

/**
 * A link that signs a person in until `until`. Sessions and links live by the wall's clock, whatever clock
 * the service runs on: a replay's year must not end them.
 */
export function signInLink(link: {
  readonly key: string
  /** The console's address, such as https://anbu.example. */
  readonly base: string
  readonly person: string
  /** In real time, not the clock's. */
  readonly until: Millis
}): string {
  const url = new URL('/enter', link.base)
  url.searchParams.set('ticket', sign(link.key, 'link', link.person, link.until))
  return url.href
}

/** Whom a sign-in link names, or null when it is forged or over. */
export function personOfTicket(key: string, ticket: string, wall: Millis): string | null {
  return verify(key, 'link', ticket, wall)
}

/** Gives the browser a session. */
export function beginSession(
  c: Context,
  session: { readonly key: string; readonly person: string; readonly secure: boolean },
  wall: Millis,
): void {
  setCookie(c, COOKIE, sign(session.key, 'session', session.person, wall + SESSION), {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    maxAge: SESSION / 1000,
    secure: session.secure,
  })
}

/** Takes the session back from the browser. */
export function endSession(c: Context): void {
  deleteCookie(c, COOKIE, { path: '/' })
}

/** Whose session the browser holds, or null. */
export function personOfSession(c: Context, key: string, wall: Millis): string | null {
  const pass = getCookie(c, COOKIE)
  return pass === undefined ? null : verify(key, 'session', pass, wall)
}

// A pass is "<person>.<end, base 36>.<HMAC-SHA-256, base64url>". Ids of persons hold no dot.
function sign(key: string, purpose: Purpose, person: string, until: Millis): string {
  const text = `${person}.${until.toString(36)}`
  return `${text}.${mac(key, purpose, text).toString('base64url')}`
}

function verify(key: string, purpose: Purpose, pass: string, wall: Millis): string | null {
  const [person = '', until = '', given = '', ...rest] = pass.split('.')
  if (rest.length > 0) return null
  const made = mac(key, purpose, `${person}.${until}`)
  const claimed = Buffer.from(given, 'base64url')
  if (claimed.length !== made.length || !timingSafeEqual(claimed, made)) return null
  return Number.parseInt(until, 36) > wall ? person : null
}

function mac(key: string, purpose: Purpose, text: string): Buffer {
  const own = Buffer.from(hkdfSync('sha256', key, '', `anbu console: ${purpose}`, 32))
  return createHmac('sha256', own).update(text).digest()
}
