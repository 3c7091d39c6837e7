import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { NewAbsence } from '../../schemas/absence.ts'
import { AbsenceCause } from '../../schemas/household.ts'
import { fromLocal } from '../core/time.ts'
import { addAbsence, endAbsence, listAbsences } from '../store/absences.ts'
import { findHome } from '../store/days.ts'
import { mayTellAbsence } from '../store/sight.ts'
import { staffNames } from '../store/staff.ts'
import { uncoveredHomes, unwatchedHomes } from '../store/unwatched-homes.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { page } from './page.ts'
import { showHome } from './screens.ts'
import { unwatchedPage } from './unwatched.ts'

/** Who is not watched, and what staff record about it. */
export function absenceRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const { pool } = options
  const app = new Hono<ConsoleEnv>()

  app.get('/unwatched', async (c) => {
    const { view } = c.var
    const [homes, uncovered, names] = await Promise.all([
      unwatchedHomes(pool, { office: view.person.office }, view.now),
      uncoveredHomes(pool, { office: view.person.office }, view.now),
      staffNames(pool),
    ])
    const main = unwatchedPage(view, [...homes, ...uncovered], names)
    return c.html(page(view, { title: view.t.watching.unwatched, here: 'unwatched', main }))
  })

  app.on('POST', '/households/:household/absences/*', async (c, next) => {
    const { view } = c.var
    const { household } = c.req.param()
    if (await mayTellAbsence(pool, household, view.person.person, view.now)) return next()
    return showHome(c, options, { said: view.t.watching.denied, status: 403 })
  })

  app.post('/households/:household/absences', (c) => record(c, options))

  app.post('/households/:household/absences/:id{[0-9]{1,9}}/end', async (c) => {
    const { person, now } = c.var.view
    const { household, id } = c.req.param()
    const open = await listAbsences(pool, { household, past: false }, now)
    // Whoever ended it first: the page says it. That of another home is not ended from here.
    if (open.some((one) => one.id === Number(id)))
      await endAbsence(pool, Number(id), person.person, now)
    await options.raised()
    return c.redirect(`/households/${household}`, 303)
  })
  return app
}

const AbsenceForm = z.object({
  cause: AbsenceCause,
  /** What an input of type datetime-local sends: the home's clock, without a zone. */
  until: z.iso.datetime({ local: true }).transform((text) => Date.parse(`${text}Z`)),
  reason: z.string(),
})

async function record(c: Context<ConsoleEnv>, options: ConsoleOptions): Promise<Response> {
  const { view } = c.var
  const home = await findHome(options.pool, c.req.param('household') ?? '', view.now)
  if (!home) return c.notFound()
  const form = AbsenceForm.safeParse(await c.req.parseBody())
  const absence = NewAbsence.safeParse({
    ...form.data,
    household: home.household,
    since: view.now,
    until: form.data && fromLocal(form.data.until, home.timeZone),
    author: view.person.person,
  })
  if (!absence.success) return showHome(c, options, { said: view.t.watching.bad, status: 400 })
  await addAbsence(options.pool, absence.data, view.now)
  // What is open need not wait for the next sweep.
  await options.raised()
  return c.redirect(`/households/${home.household}`, 303)
}
