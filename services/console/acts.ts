import { type Context, Hono } from 'hono'
import type { StaffEvent } from '../../schemas/alert.ts'
import type { Answer } from '../../schemas/answer.ts'
import { missing } from '../core/closing.ts'
import { isClosed } from '../core/escalation.ts'
import { ownerOf } from '../core/rungs.ts'
import { command, duress } from '../store/commands.ts'
import { alertPage, alertPart } from './alert.ts'
import { type CaseFile, mayLook, readCase } from './case-file.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { eventOf, followUpsOf, keyFor } from './forms.ts'
import type { Given } from './outcome.ts'
import { page } from './page.ts'
import { nameOf } from './standing.ts'
import { moment } from './view.ts'
import { visitPage, visitPart } from './visit.ts'

/** One alert: its page, its live part, its visit, and what a person can do to it. */
export function alertRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()

  app.get('/alerts/:id{[0-9]{1,15}}', (c) => show(c, options, null, 200))

  app.get('/alerts/:id{[0-9]{1,15}}/part', async (c) => {
    const file = await readCase(options, c.var.view, Number(c.req.param('id')))
    return file && mayLook(file) ? c.html(alertPart(c.var.view, file)) : c.notFound()
  })

  app.get('/alerts/:id{[0-9]{1,15}}/visit', async (c) => {
    const file = await readCase(options, c.var.view, Number(c.req.param('id')))
    if (!file || !mayLook(file)) return c.notFound()
    const title = c.var.view.t.visiting.title(file.alert.alias)
    return c.html(page(c.var.view, { title, here: null, main: visitPage(c.var.view, file) }))
  })

  app.get('/alerts/:id{[0-9]{1,15}}/visit/part', async (c) => {
    const file = await readCase(options, c.var.view, Number(c.req.param('id')))
    return file && mayLook(file) ? c.html(visitPart(c.var.view, file)) : c.notFound()
  })

  // Whoever loads anew what an act has answered, or changes its language, asks for it by the act's address.
  app.get('/alerts/:id{[0-9]{1,15}}/:act', async (c) => {
    const file = await readCase(options, c.var.view, Number(c.req.param('id')))
    return file && mayLook(file) ? c.redirect(`/alerts/${file.alert.id}`, 303) : c.notFound()
  })

  app.post('/alerts/:id{[0-9]{1,15}}/duress', (c) => callForHelp(c, options))

  app.post('/alerts/:id{[0-9]{1,15}}/:act', (c) => perform(c, options))
  return app
}

async function perform(c: Context<ConsoleEnv>, options: ConsoleOptions): Promise<Response> {
  const { view } = c.var
  const file = await readCase(options, view, Number(c.req.param('id')))
  if (!file) return c.notFound()
  const form = await c.req.parseBody({ all: true })
  const by = view.person.person
  const sender = { by, now: view.now, zone: file.alert.timeZone }
  const event = eventOf(c.req.param('act') ?? '', form, sender)
  const followUps = event ? followUpsOf(form) : []
  const wrong = event ? lacking(c, file, event) : unread(c)
  if (followUps === null) return show(c, options, view.t.work.form, 400, form)
  if (!event || wrong !== null) return show(c, options, wrong, 400, form)
  const key = keyFor(form)
  const order = { alert: file.alert.id, key, event, followUps }
  const answer = await command(options.pool, order, options.voice, view.now)
  await options.told()
  return reply(c, options, answer)
}

function unread(c: Context<ConsoleEnv>): string {
  const { t } = c.var.view
  return c.req.param('act') === 'outcome' ? t.alert.missing : t.work.form
}

// Whoever comes late is told who was first, and not what is missing.
function lacking(c: Context<ConsoleEnv>, { alert }: CaseFile, event: StaffEvent): string | null {
  const { t } = c.var.view
  if (event.type !== 'outcome' || isClosed(alert.state)) return null
  const lacks = missing(event).map((field) => t.work.field[field])
  return lacks.length > 0 ? t.work.lacks(lacks.join(', ')) : null
}

// The same answer as to a report, whatever it came to: nobody who looks over a shoulder learns anything.
async function callForHelp(c: Context<ConsoleEnv>, options: ConsoleOptions): Promise<Response> {
  const { view } = c.var
  const form = await c.req.parseBody()
  const key = keyFor(form)
  const alert = Number(c.req.param('id'))
  await duress(options.pool, { alert, key, by: view.person.person }, view.now)
  await options.raised()
  return c.redirect(`/alerts/${alert}/visit`, 303)
}

// What was meant is now true, whoever made it so first: the page says it. Otherwise the page says why not.
async function reply(
  c: Context<ConsoleEnv>,
  options: ConsoleOptions,
  answer: Answer,
): Promise<Response> {
  const { view } = c.var
  switch (answer.kind) {
    case 'unknown':
      return c.notFound()
    case 'denied':
      return show(c, options, view.t.work.denied, 403)
    case 'refused':
      return show(c, options, view.t.work.refused[answer.why], 409)
    case 'done':
      return c.redirect(nextPage(c, answer), 303)
    case 'closed':
    case 'already':
      return second(c, options, answer)
  }
}

async function second(
  c: Context<ConsoleEnv>,
  options: ConsoleOptions,
  answer: Extract<Answer, { by: string }>,
): Promise<Response> {
  const { view } = c.var
  if (answer.by === view.person.person) return c.redirect(`/alerts/${c.req.param('id')}`, 303)
  const file = await readCase(options, view, Number(c.req.param('id')))
  return show(c, options, file && whoWasFirst(c, file, answer), 409)
}

// Who is on a visit stays on its page; who cannot go has done here what there was to do.
function nextPage(c: Context<ConsoleEnv>, { alert }: Extract<Answer, { kind: 'done' }>): string {
  const here = `/alerts/${alert.id}`
  const act = c.req.param('act')
  if (act === 'decline') return '/'
  const goesOn = alert.state.state === 'visiting' && act !== 'note'
  return goesOn || act === 'check-in' ? `${here}/visit` : here
}

function whoWasFirst(
  c: Context<ConsoleEnv>,
  { alert, events, names }: CaseFile,
  answer: Extract<Answer, { by: string }>,
): string {
  const { view } = c.var
  const name = nameOf(names, answer.by)
  const at = (when: number) => moment(when, view, alert.timeZone)
  if (answer.kind === 'closed') return view.t.alert.closed(name, at(answer.at))
  // The first event since which it is theirs: a lease that was renewed is not the moment they took it.
  const before = events.findLastIndex(({ state }) => ownerOf(state) !== answer.by)
  return view.t.alert.already(name, at(events[before + 1]?.at ?? alert.opened))
}

async function show(
  c: Context<ConsoleEnv>,
  options: ConsoleOptions,
  said: string | null,
  status: 200 | 400 | 403 | 409,
  given?: Given,
): Promise<Response> {
  const { view } = c.var
  const file = await readCase(options, view, Number(c.req.param('id')))
  if (!file || !mayLook(file)) return c.notFound()
  const title = `${file.alert.alias} · ${view.t.alert.title(file.alert.id)}`
  return c.html(page(view, { title, here: null, main: alertPage(view, file, said, given) }), status)
}
