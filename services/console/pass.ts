import { isDeepStrictEqual } from 'node:util'
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { Answer } from '../../schemas/answer.ts'
import { sentence } from '../core/sentence.ts'
import { ownerOf } from '../core/rungs.ts'
import { MINUTE } from '../core/time.ts'
import { type AckLink, findAckLink } from '../store/ack-links.ts'
import { type Case, caseEvents, caseSignals, findCase } from '../store/cases.ts'
import { command } from '../store/commands.ts'
import { findPerson, staffNames } from '../store/staff.ts'
import { wallClock } from '../clock.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { keyFor } from './forms.ts'
import { limit } from './limit.ts'
import { type Html, bare } from './page.ts'
import { type Names, badge, clientKey, dongOf, exerciseMark, nameOf, standing } from './standing.ts'
import { type View, moment, viewFor } from './view.ts'
import { WORDS } from './words.ts'

// A person presses a few times; who guesses 128 bits needs more than that.
const TRIES = 30
const ANSWERS = { acknowledge: 'acknowledge', decline: 'decline' } as const

/**
 * The page behind the link of a message: its reader answers for one alert without signing in. Looking changes nothing,
 * for mail scanners look too; pressing does.
 */
export function passRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()
  const tries = limit(TRIES, MINUTE)

  app.get('/a/:pass{[A-Za-z0-9_-]{22}}', (c) => open(c, options, null))

  app.post('/a/:pass{[A-Za-z0-9_-]{22}}', async (c) => {
    const t = WORDS[c.var.lang].pass
    const pass = c.req.param('pass')
    if (!tries(pass, wallClock.now())) return say(c, t.tooMany, 429)
    const form = await c.req.parseBody()
    const act = form['act'] === 'decline' ? ANSWERS.decline : ANSWERS.acknowledge
    const link = await findAckLink(options.pool, pass, options.clock.now())
    if (!link) return say(c, t.over, 404)
    if (link.over !== null) return open(c, options, null)
    // The key of the page: pressed twice it is pressed once. Opened later, when it is asked anew, it counts anew.
    const key = `${keyFor(form)} ${act}`
    const answer = await answerBy(options, link, key, act)
    await options.told()
    return open(c, options, { act, answer, passedOn: await isPassedOn(options, link) })
  })
  return app
}

function answerBy(
  { pool, voice, clock }: ConsoleOptions,
  { alert, person: by }: AckLink,
  key: string,
  type: 'acknowledge' | 'decline',
): Promise<Answer> {
  const order = { alert, key, event: { type, by } } as const
  return command(pool, order, voice, clock.now())
}

// The last time that its reader declined it: declined of what has moved on, or stands still, it stays as it was.
async function isPassedOn(
  { pool }: Pick<ConsoleOptions, 'pool'>,
  { alert, person }: AckLink,
): Promise<boolean> {
  const events = await caseEvents(pool, alert)
  const at = events.findLastIndex(({ event }) => event.type === 'decline' && event.by === person)
  const [before, after] = [events[at - 1], events[at]]
  return after?.state.state === 'notifying' && !isDeepStrictEqual(before?.state, after.state)
}

/** `passedOn`: it was declined, and the next heard of it. */
type Given = {
  readonly act: keyof typeof ANSWERS
  readonly answer: Answer
  readonly passedOn: boolean
}

async function open(
  c: Context<ConsoleEnv>,
  options: ConsoleOptions,
  given: Given | null,
): Promise<Response> {
  const { pool, clock } = options
  // Not told to the next page, and not to anybody's index.
  c.header('Referrer-Policy', 'no-referrer')
  const link = await findAckLink(pool, c.req.param('pass') ?? '', clock.now())
  if (!link) return say(c, WORDS[c.var.lang].pass.over, 404)
  const { over } = link
  const [alert, person] = await Promise.all([
    findCase(pool, link.alert),
    findPerson(pool, link.person),
  ])
  if (!alert || !person) return say(c, WORDS[c.var.lang].pass.over, 404)
  const view = viewFor(c.var.lang, person, options)
  const [signals, names] = await Promise.all([caseSignals(pool, alert.id), staffNames(pool)])
  const reason = signals.find(({ grade }) => grade === alert.grade)?.reason
  const why = reason ? sentence(reason, view.lang, alert.timeZone) : ''
  const shown = { alert, names, why, given, over }
  return c.html(bare(view.lang, view.t.pass.title, passPage(view, shown)), over ? 403 : 200)
}

type Shown = {
  readonly alert: Case
  readonly names: Names
  readonly why: string
  readonly given: Given | null
  readonly over: AckLink['over']
}

// Alias, dong, why: no name, no address, nothing of the other alerts.
function passPage(view: View, shown: Shown): Html {
  const { alert, names, why, given, over } = shown
  const words = said(view, shown)
  return html`<div class="case-live">
    ${words && html`<p class="note" role="alert">${words}</p>`}
    <p class="case-head">
      ${exerciseMark(view, alert)} ${badge(view, alert.kind, alert.grade)} <b>${alert.alias}</b>
      <span class="quiet">${dongOf(alert)}</span>
    </p>
    <p class="why">${why}</p>
    <p class="stands">${standing(view, alert.state, names, alert.timeZone)}</p>
    ${over === null && canAnswer(view, alert, given) && buttons(view)}
    <p><a href="/alerts/${alert.id}">${view.t.pass.open}</a></p>
  </div>`
}

function canAnswer(view: View, { state }: Case, given: Given | null): boolean {
  const owner = ownerOf(state)
  const closed = state.state === 'resolved' || state.state === 'cancelled'
  return !closed && given?.act !== 'decline' && (owner === null || owner === view.person.person)
}

function buttons(view: View): Html {
  const t = view.t.pass
  return html`<form method="post" class="acts big" data-once>
    ${clientKey()}
    <button class="do" name="act" value="acknowledge">${t.have}</button>
    <button class="soft" name="act" value="decline">${t.cannot}</button>
  </form>`
}

function said(view: View, { alert, names, given, over }: Shown): string | null {
  const t = view.t.pass
  const { state } = alert
  if (state.state === 'resolved' || state.state === 'cancelled')
    return view.t.alert.closed(nameOf(names, state.by), moment(state.at, view, alert.timeZone))
  if (over !== null) return t.ended[over]
  if (!given) return null
  if (given.answer.kind === 'denied') return view.t.work.denied
  if (given.answer.kind === 'already') return t.taken(nameOf(names, given.answer.by))
  return given.act === 'decline' ? declined(view, alert, names, given) : t.mine
}

function declined(view: View, { state }: Case, names: Names, { passedOn }: Given): string {
  const t = view.t.pass
  const owner = ownerOf(state)
  if (passedOn) return t.declined
  if (owner !== null) return t.taken(nameOf(names, owner))
  return state.state === 'away' ? `${t.noted} ${t.away}` : t.noted
}

function say(
  c: Context<ConsoleEnv>,
  words: string,
  status: 404 | 429,
): Response | Promise<Response> {
  return c.html(bare(c.var.lang, words, html``), status)
}
