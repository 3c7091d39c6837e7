import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { OutcomeCode } from '../../schemas/alert.ts'
import { ownerOf } from '../core/escalation.ts'
import { applyEvent } from '../store/alerts.ts'
import { caseDeliveries, caseEvents, caseSignals, findCase, homeDevices } from '../store/cases.ts'
import { staffNames } from '../store/staff.ts'
import { type CaseFile, alertPage, alertPart } from './alert.ts'
import type { ConsoleEnv, ConsoleOptions } from './console.ts'
import { page } from './page.ts'
import { nameOf } from './standing.ts'
import { moment } from './view.ts'

/** One alert: its page, its live part, and what a person can do to it. */
export function alertRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const { pool } = options
  const app = new Hono<ConsoleEnv>()

  app.get('/alerts/:id{[0-9]{1,15}}', (c) => show(c, options, null, 200))

  app.get('/alerts/:id{[0-9]{1,15}}/part', async (c) => {
    const file = await readCase(options, Number(c.req.param('id')))
    return file ? c.html(alertPart(c.var.view, file)) : c.notFound()
  })

  app.post('/alerts/:id{[0-9]{1,15}}/acknowledge', async (c) => {
    const by = c.var.view.person.person
    const id = Number(c.req.param('id'))
    return answer(
      c,
      options,
      await applyEvent(pool, id, { type: 'acknowledge', by }, c.var.view.now),
    )
  })

  app.post('/alerts/:id{[0-9]{1,15}}/outcome', async (c) => {
    const by = c.var.view.person.person
    const form = OutcomeForm.safeParse(await c.req.parseBody())
    if (!form.success) return show(c, options, c.var.view.t.alert.missing, 400)
    const event = { type: 'outcome', by, ...form.data } as const
    const id = Number(c.req.param('id'))
    return answer(c, options, await applyEvent(pool, id, event, c.var.view.now))
  })
  return app
}

const OutcomeForm = z.object({
  outcome: OutcomeCode,
  note: z.string().max(2000).default(''),
})

type Applied = Awaited<ReturnType<typeof applyEvent>>

// What was meant is now true, whoever made it so first: the page says it. Otherwise the page says who came before.
async function answer(
  c: Context<ConsoleEnv>,
  options: ConsoleOptions,
  applied: Applied,
): Promise<Response> {
  if (applied.kind === 'unknown') return c.notFound()
  if (applied.kind === 'done' || applied.by === c.var.view.person.person)
    return c.redirect(`/alerts/${c.req.param('id')}`, 303)
  const file = await readCase(options, Number(c.req.param('id')))
  return show(c, options, file && whoWasFirst(c, file, applied), 409)
}

function whoWasFirst(
  c: Context<ConsoleEnv>,
  { alert, events, names }: CaseFile,
  applied: Extract<Applied, { by: string }>,
): string {
  const { view } = c.var
  const name = nameOf(names, applied.by)
  const at = (when: number) => moment(when, view, alert.timeZone)
  if (alert.state.state === 'resolved') return view.t.alert.closed(name, at(alert.state.at))
  // The first event since which it is theirs: a lease that was renewed is not the moment they took it.
  const before = events.findLastIndex(({ state }) => ownerOf(state) !== applied.by)
  return view.t.alert.already(name, at(events[before + 1]?.at ?? alert.opened))
}

async function show(
  c: Context<ConsoleEnv>,
  options: ConsoleOptions,
  said: string | null,
  status: 200 | 400 | 409,
): Promise<Response> {
  const { view } = c.var
  const file = await readCase(options, Number(c.req.param('id')))
  if (!file) return c.notFound()
  const title = `${file.alert.alias} · ${view.t.alert.title(file.alert.id)}`
  return c.html(page(view, { title, here: null, main: alertPage(view, file, said) }), status)
}

async function readCase({ pool }: ConsoleOptions, id: number): Promise<CaseFile | null> {
  const alert = await findCase(pool, id)
  if (!alert) return null
  const [signals, events, deliveries, devices, names] = await Promise.all([
    caseSignals(pool, id),
    caseEvents(pool, id),
    caseDeliveries(pool, id),
    homeDevices(pool, alert.household),
    staffNames(pool),
  ])
  return { alert, signals, events, deliveries, devices, names }
}
