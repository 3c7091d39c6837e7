import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { Person } from '../../schemas/household.ts'
import type { Lang } from '../core/sentence.ts'
import { MINUTE } from '../core/time.ts'
import { findPerson, findPersonByEmail } from '../store/staff.ts'
import { wallClock } from '../clock.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { limit } from './limit.ts'
import { type Html, bare } from './page.ts'
import { beginSession, endSession, personOfTicket, signInLink } from './session.ts'
import { WORDS } from './words.ts'

const LINK_LASTS = 15 * MINUTE
const MAILS_PER_ADDRESS = 5
const MAILS_IN_ALL = 200
const TOO_MANY = `sign-in mail was not sent: ${MAILS_IN_ALL} were within fifteen minutes`

/** The way in and out: /login, /enter, /leave. */
export function enterRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()
  const perAddress = limit(MAILS_PER_ADDRESS, LINK_LASTS)
  const inAll = limit(MAILS_IN_ALL, LINK_LASTS)

  app.get('/login', (c) => c.html(loginPage(c.var.lang, options.mail !== null, null)))

  app.post('/login', async (c) => {
    const { lang } = c.var
    const t = WORDS[lang].enter
    const form = LoginForm.safeParse(await c.req.parseBody())
    if (!form.success) return c.html(loginPage(lang, options.mail !== null, null), 400)
    const { email } = form.data
    const wall = wallClock.now()
    if (!perAddress(email.toLowerCase(), wall))
      return c.html(loginPage(lang, false, t.tooMany), 429)
    // The same words, and no wait for the mail: nobody learns here who works for the office.
    const person = await findPersonByEmail(options.pool, email)
    if (person && options.mail) {
      // Counted here, not above: made-up addresses must not lock the staff out. And dropped without a word, as above.
      if (inAll('', wall)) mailLink(options, person, email, lang)
      else options.log.warn({ person: person.person }, TOO_MANY)
    }
    return c.html(loginPage(lang, false, options.mail ? t.sent : t.noMail))
  })

  app.get('/enter', async (c) => {
    const wall = wallClock.now()
    const named = personOfTicket(options.sessionKey, c.req.query('ticket') ?? '', wall)
    const person = named === null ? null : await findPerson(options.pool, named)
    if (!person) return refuseTicket(c)
    const secure = new URL(options.publicUrl).protocol === 'https:'
    beginSession(c, { key: options.sessionKey, person: person.person, secure }, wall)
    return c.redirect('/', 303)
  })

  app.post('/leave', (c) => {
    endSession(c)
    return c.redirect('/login', 303)
  })
  return app
}

const LoginForm = z.object({ email: z.email().max(254) })

function mailLink(options: ConsoleOptions, person: Person, to: string, lang: Lang): void {
  if (!options.mail) return
  const t = WORDS[lang].enter
  const link = signInLink({
    key: options.sessionKey,
    base: options.publicUrl,
    person: person.person,
    until: wallClock.now() + LINK_LASTS,
  })
  // Not awaited on purpose, see above. A mail that fails is an operator's matter.
  void options
    .mail(to, t.subject, t.body(link))
    .catch((error: unknown) => options.log.error({ err: error }, 'sign-in mail was not sent'))
}

function refuseTicket(c: Context<ConsoleEnv>): Response | Promise<Response> {
  const t = WORDS[c.var.lang].enter
  return c.html(
    bare(
      c.var.lang,
      t.title,
      html`<p class="note">${t.invalid}</p>
        <p><a href="/login">${t.send}</a></p>`,
    ),
    401,
  )
}

function loginPage(lang: Lang, canMail: boolean, said: string | null): Html {
  const t = WORDS[lang].enter
  return bare(
    lang,
    t.title,
    html`${said && html`<p class="note" role="status">${said}</p>`}
      ${!said && !canMail && html`<p class="note">${t.noMail}</p>`}
      ${
        canMail &&
        html`<form method="post" action="/login" class="stack">
          <label for="email">${t.email}</label>
          <input
            id="email"
            name="email"
            type="email"
            autocomplete="email"
            inputmode="email"
            maxlength="254"
            required
          />
          <button class="do">${t.send}</button>
        </form>`
      }
      <p>
        <a href="?lang=${lang === 'ko' ? 'en' : 'ko'}" lang="${lang === 'ko' ? 'en' : 'ko'}"
          >${WORDS[lang].language}</a
        >
      </p>`,
  )
}
