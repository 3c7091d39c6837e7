import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { LocalEnd, LocalMoment } from '../../schemas/time.ts'
import { LOOK_AHEAD } from '../core/coverage.ts'
import { bandAt } from '../core/office-hours.ts'
import { firstInstant } from '../core/time.ts'
import { findUncovered } from '../store/coverage.ts'
import { aliasesOf } from '../store/board-homes.ts'
import { addLeave, endLeave, listLeaves, setDeputy } from '../store/leave.ts'
import { readOffice } from '../store/offices.ts'
import { readinessOf } from '../store/readiness.ts'
import { ruleBroken, Unreadable } from '../store/refused.ts'
import { addOverride, listOverrides, listRotations, removeOverride } from '../store/rotations.ts'
import { staffNames } from '../store/staff.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { page } from './page.ts'
import { readinessPage } from './readiness.ts'
import { HOMES_SHOWN, type OfficeRoster, rosterPage } from './roster-page.ts'

type Request = Context<ConsoleEnv>

/** The roster of the reader's office, what can be changed on it, and who is ready. */
export function rosterRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()
  app.get('/roster', (c) => show(c, options, null, 200))
  app.get('/readiness', async (c) => {
    const { view } = c.var
    const main = readinessPage(view, await readinessOf(options.pool, view.person.office, view.now))
    return c.html(page(view, { title: view.t.readiness.title, here: 'readiness', main }))
  })
  app.post('/roster/leaves', (c) => enterLeave(c, options))
  app.post('/roster/leaves/:id{[0-9]{1,15}}/end', (c) => endEarly(c, options))
  app.post('/roster/deputies', (c) => enterDeputy(c, options))
  app.post('/roster/changes', (c) => enterChange(c, options))
  app.post('/roster/changes/:id{[0-9]{1,15}}/remove', (c) => takeBack(c, options))
  return app
}

// An empty choice is none.
const Chosen = z.string().transform((person) => (person === '' ? null : person))
const Stretch = z.object({ from: LocalMoment, until: LocalEnd })
const LeaveForm = Stretch.extend({
  person: z.string().min(1),
  deputy: Chosen,
  reason: z.string().max(200),
})
const DeputyForm = z.object({ person: z.string().min(1), deputy: Chosen })
const ChangeForm = Stretch.extend({ rotation: z.string().min(1), out: Chosen, in: Chosen })

async function enterLeave(c: Request, options: ConsoleOptions): Promise<Response> {
  const form = LeaveForm.safeParse(await c.req.parseBody())
  if (!form.success) return show(c, options, c.var.view.t.roster.bad, 400)
  const { from, until, ...leave } = form.data
  const zone = await zoneHere(c, options)
  const span = { since: firstInstant(from, zone), until: firstInstant(until, zone) }
  return change(c, options, leave.person, (by, now) =>
    addLeave(options.pool, { ...leave, ...span }, by, now),
  )
}

async function endEarly(c: Request, options: ConsoleOptions): Promise<Response> {
  const { view } = c.var
  const id = Number(c.req.param('id'))
  const all = await listLeaves(options.pool, view.person.office, view.now)
  const leave = all.find((one) => one.id === id)
  // Whoever ended it first: the page says it.
  if (!leave) return c.redirect('/roster', 303)
  return change(c, options, leave.person, (by, now) =>
    endLeave(options.pool, { id, until: now }, by, now),
  )
}

async function enterDeputy(c: Request, options: ConsoleOptions): Promise<Response> {
  const form = DeputyForm.safeParse(await c.req.parseBody())
  if (!form.success) return show(c, options, c.var.view.t.roster.bad, 400)
  return change(c, options, form.data.person, (by, now) =>
    setDeputy(options.pool, form.data, by, now),
  )
}

async function enterChange(c: Request, options: ConsoleOptions): Promise<Response> {
  const form = ChangeForm.safeParse(await c.req.parseBody())
  if (!form.success) return show(c, options, c.var.view.t.roster.bad, 400)
  const { from, until, ...given } = form.data
  // A supervisor's word goes for their own office.
  const own = await listRotations(options.pool, c.var.view.person.office)
  if (own.every(({ rotation }) => rotation !== given.rotation))
    return show(c, options, c.var.view.t.roster.bad, 400)
  const zone = await zoneHere(c, options)
  const span = { since: firstInstant(from, zone), until: firstInstant(until, zone), reason: '' }
  return change(c, options, null, (by, now) =>
    addOverride(options.pool, { ...given, ...span }, by, now),
  )
}

async function takeBack(c: Request, options: ConsoleOptions): Promise<Response> {
  const { view } = c.var
  const id = Number(c.req.param('id'))
  const own = await listOverrides(options.pool, view.person.office, view.now)
  // Whoever took it back first: the page says it.
  if (own.every((one) => one.id !== id)) return c.redirect('/roster', 303)
  return change(c, options, null, (by, now) => removeOverride(options.pool, id, by, now))
}

/**
 * Makes a change about `whose` roster (null: the office's) in the reader's name. Everybody may change their own, a
 * supervisor that of the office.
 */
async function change(
  c: Request,
  options: ConsoleOptions,
  whose: string | null,
  work: (by: string, now: number) => Promise<unknown>,
): Promise<Response> {
  const { view } = c.var
  const { person, role, office } = view.person
  const staff = await readinessOf(options.pool, office, view.now)
  const isOurs = whose === null || staff.some((one) => one.person === whose)
  if (!isOurs || (role !== 'supervisor' && whose !== person))
    return show(c, options, view.t.roster.refused, 403)
  try {
    await work(person, view.now)
  } catch (error) {
    return refuse(c, options, error)
  }
  return c.redirect('/roster', 303)
}

function refuse(c: Request, options: ConsoleOptions, error: unknown): Promise<Response> {
  const { bad, clash } = c.var.view.t.roster
  if (error instanceof Unreadable) return show(c, options, bad, 400)
  const rule = ruleBroken(error)
  if (rule === null) throw error
  return show(c, options, new Map(Object.entries(clash)).get(rule) ?? clash.other, 409)
}

async function zoneHere(c: Request, { pool, timeZone }: ConsoleOptions): Promise<string> {
  return (await readOffice(pool, c.var.view.person.office, timeZone)).timeZone
}

async function show(
  c: Request,
  options: ConsoleOptions,
  said: string | null,
  status: 200 | 400 | 403 | 409,
): Promise<Response> {
  const { view } = c.var
  const main = rosterPage(view, await readRosterOf(c, options), said)
  return c.html(page(view, { title: view.t.roster.title, here: 'roster', main }), status)
}

async function readRosterOf(c: Request, { pool, timeZone }: ConsoleOptions): Promise<OfficeRoster> {
  const { now, person } = c.var.view
  const here = await readOffice(pool, person.office, timeZone)
  const [staff, names, leaves, rotations, overrides, uncovered] = await Promise.all([
    readinessOf(pool, person.office, now),
    staffNames(pool),
    listLeaves(pool, person.office, now),
    listRotations(pool, person.office),
    listOverrides(pool, person.office, now),
    findUncovered(pool, person.office, { from: now, until: now + LOOK_AHEAD }),
  ])
  const shown = uncovered.flatMap(({ households }) => households.slice(0, HOMES_SHOWN))
  return {
    office: here,
    aliases: await aliasesOf(pool, shown),
    band: bandAt(now, here),
    staff,
    names,
    leaves,
    rotations,
    overrides,
    uncovered,
  }
}
