import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { setCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import { HTTPException } from 'hono/http-exception'
import { languageDetector } from 'hono/language'
import { secureHeaders } from 'hono/secure-headers'
import { Registry } from 'prom-client'
import { wallClock } from '../clock.ts'
import { maySeeHome } from '../store/sight.ts'
import { findPerson } from '../store/staff.ts'
import { absenceRoutes } from './absences.ts'
import { alertRoutes } from './acts.ts'
import { assetRoutes } from './assets.ts'
import { enterRoutes } from './enter.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { followUpRoutes } from './follow-ups.ts'
import { handoverRoutes } from './handover.ts'
import { health } from './health.ts'
import { hookRoutes } from './hooks.ts'
import { liveStream } from './live.ts'
import { metrics } from './metrics.ts'
import { bare } from './page.ts'
import { passRoutes } from './pass.ts'
import { residentRoutes } from './resident.ts'
import { personOfSession } from './session.ts'
import { reachRoutes } from './reach.ts'
import { rosterRoutes } from './roster.ts'
import { screenRoutes } from './screens.ts'
import { viewFor } from './view.ts'
import { LANGS, WORDS, langOf } from './words.ts'

const BODY_BYTES = 16 * 1024

/** The console as an application: pages, actions, the live stream and /health. It opens nothing itself. */
export function createConsole(options: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()
  app.get('/health', async (c) => {
    const found = await health(options.pool, options.clock, options.listening())
    c.header('Cache-Control', 'no-store')
    return c.json(found, found.late.length > 0 ? 503 : 200)
  })
  app.get('/metrics', async (c) => {
    const found = await metrics(options.pool, options.clock)
    const beside = (await options.figures?.metrics()) ?? ''
    c.header('Cache-Control', 'no-store')
    c.header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
    return found === null ? c.body('# the database is away\n', 503) : c.body(found + beside)
  })
  // A board of a thousand homes is 390 kB of words much alike, 25 kB when compressed. Event streams are left alone.
  app.use(compress(), headers(options), language(options))
  app.route('/', assetRoutes())
  app.route('/', hookRoutes(options))
  // From a machine and not from a page of ours: its address is its right.
  app.use(neverStored, smallBodies)
  app.route('/', residentRoutes(options))
  app.use(ownForms(options))
  app.route('/', enterRoutes(options))
  app.route('/', passRoutes(options))
  app.use(signedIn(options))
  app.get('/events', (c) => liveStream(c, options.live, options.clock))
  for (const path of OF_ALL_HOMES) app.use(path, ofOffice)
  app.use('/households/:household/*', ownHomes(options))
  app.route('/', screenRoutes(options))
  app.route('/', rosterRoutes(options))
  app.route('/', absenceRoutes(options))
  app.route('/', handoverRoutes(options))
  app.route('/', followUpRoutes(options))
  app.route('/', reachRoutes(options))
  app.route('/', alertRoutes(options))
  app.notFound((c) => wrong(c, WORDS[c.var.lang].wrong.missing, 404))
  app.onError((error, c) => failed(options, error, c))
  return app
}

function headers(options: ConsoleOptions): MiddlewareHandler<ConsoleEnv> {
  const own = ["'self'"]
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: own,
      styleSrc: own,
      imgSrc: own,
      connectSrc: own,
      manifestSrc: own,
      workerSrc: own,
      formAction: own,
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    strictTransportSecurity: options.publicUrl.startsWith('https:') && 'max-age=31536000',
  })
}

/** `?lang=`, else what was chosen before, else what the browser asks for, else Korean. */
function language(options: ConsoleOptions): MiddlewareHandler<ConsoleEnv> {
  const detect = languageDetector({
    supportedLanguages: [...LANGS],
    fallbackLanguage: 'ko',
    lookupCookie: 'lang',
    caches: false,
  })
  const secure = options.publicUrl.startsWith('https:')
  return (c, next) =>
    detect(c, async () => {
      c.set('lang', langOf(c.get('language')))
      if (c.req.query('lang') !== undefined)
        setCookie(c, 'lang', c.var.lang, { path: '/', sameSite: 'Lax', maxAge: 31_536_000, secure })
      await next()
    })
}

const neverStored: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('Cache-Control', 'no-store')
}

/** A form is taken from our own pages only. */
function ownForms(options: ConsoleOptions): MiddlewareHandler<ConsoleEnv> {
  // Behind a proxy that ends TLS our own address is not the one the browser knows: compare with that one too.
  const known = new URL(options.publicUrl).origin
  return csrf({ origin: (origin, c) => origin === known || origin === new URL(c.req.url).origin })
}

const smallBodies = bodyLimit({
  maxSize: BODY_BYTES,
  onError: (c: Context<ConsoleEnv>) => wrong(c, WORDS[c.var.lang].wrong.large, 413),
})

/** Lets pass who has a session and is still of the staff; sends the others to /login. */
function signedIn(options: ConsoleOptions): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const named = personOfSession(c, options.sessionKey, wallClock.now())
    const person = named === null ? null : await findPerson(options.pool, named)
    if (!person) return refuse(c)
    c.set('view', viewFor(c.var.lang, person, options))
    await next()
  }
}

/** Who has nothing to do with a home learns nothing of it, not even that there is one. */
function ownHomes({ pool }: ConsoleOptions): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const { person, office, now } = c.var.view
    const reader = { person: person.person, office }
    if (!(await maySeeHome(pool, c.req.param('household') ?? '', reader, now))) return c.notFound()
    await next()
  }
}

// Pages of all homes of an office, or of all its staff.
const OF_ALL_HOMES = [
  '/households',
  '/unwatched',
  '/rejections',
  '/follow-ups',
  '/roster/*',
  '/readiness',
]

const ofOffice: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  if (c.var.view.office === null) return c.notFound()
  await next()
}

// A browser that goes somewhere is shown the way in; a script, or a form that would be lost, is told.
function refuse(c: Context<ConsoleEnv>): Response | Promise<Response> {
  const asked = c.req.header('sec-fetch-mode') ?? 'navigate'
  if (c.req.method === 'GET' && asked === 'navigate') return c.redirect('/login', 303)
  return wrong(c, WORDS[c.var.lang].enter.over, 401)
}

function failed(
  options: ConsoleOptions,
  error: Error,
  c: Context<ConsoleEnv>,
): Response | Promise<Response> {
  const t = WORDS[c.var.lang].wrong
  if (error instanceof HTTPException && error.status === 403) return wrong(c, t.refused, 403)
  options.log.error({ err: error, path: c.req.path }, 'a page could not be made')
  return wrong(c, t.broken, 500)
}

function wrong(
  c: Context<ConsoleEnv>,
  words: string,
  status: 401 | 403 | 404 | 413 | 500,
): Response | Promise<Response> {
  c.header('Cache-Control', 'no-store')
  const back = html`<p><a class="do" href="/">${WORDS[c.var.lang].wrong.back}</a></p>`
  return c.html(bare(c.var.lang, words, back), status)
}
