import { type Context, Hono } from 'hono'
import type pg from 'pg'
import { z } from 'zod'
import { DAY } from '../core/time.ts'
import { listAbsences } from '../store/absences.ts'
import { boardAlerts, pipelineUnseenSince, Section, type Sight } from '../store/board.ts'
import { boardHomes, findHomes } from '../store/board-homes.ts'
import { homeDevices, homeGateways } from '../store/cases.ts'
import { type Home, daysOf, findHome, pastAlerts } from '../store/days.ts'
import { openingsOf } from '../store/doors.ts'
import { feedbackOf } from '../store/feedback.ts'
import { listChoices } from '../store/policies.ts'
import { refusalCounts, refusalSamples, unassignedDevices } from '../store/refusals.ts'
import { lookAtResident } from '../store/residents.ts'
import { staffNames } from '../store/staff.ts'
import { type Board, boardFrame, boardPart } from './board.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { DAYS, type Name, householdPage } from './household.ts'
import { homesPage } from './homes.ts'
import { page } from './page.ts'
import { rejectionsPage } from './rejections.ts'
import type { View } from './view.ts'
import type { Watching } from './watching.ts'

/** What staff look at: the board, a home, what was refused. */
export function screenRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const { pool } = options
  const app = new Hono<ConsoleEnv>()

  app.get('/', async (c) => {
    const { view } = c.var
    const main = boardFrame(view, await readBoard(options, view, sightOf(c)))
    return c.html(page(view, { title: view.t.board.title, here: 'board', main }))
  })

  app.get('/board', async (c) => {
    const { view } = c.var
    return c.html(boardPart(view, await readBoard(options, view, sightOf(c))))
  })

  app.get('/households', async (c) => {
    const { view } = c.var
    const wanted = Wanted.parse(c.req.query())
    const asked = { office: view.person.office, words: wanted.q, from: wanted.from }
    const homes = await findHomes(pool, asked, view.now)
    const main = homesPage(view, homes, { words: wanted.q, from: wanted.from })
    return c.html(page(view, { title: view.t.board.homes, here: null, main }))
  })

  app.get('/households/:household', (c) => showHome(c, options))

  // Whoever loads the page of a name anew is not shown the name again.
  app.get('/households/:household/:act', (c) =>
    c.redirect(`/households/${c.req.param('household')}`, 303),
  )

  app.post('/households/:household/name', (c) =>
    showHome(c, options, { look: (home) => lookAt(c, options, home) }),
  )

  app.get('/rejections', async (c) => {
    const { view } = c.var
    const { office } = view.person
    const [counts, samples, unassigned] = await Promise.all([
      refusalCounts(pool, office, view.now - 7 * DAY),
      refusalSamples(pool, office, 20),
      unassignedDevices(pool, office),
    ])
    const main = rejectionsPage(view, { counts, samples, unassigned })
    return c.html(page(view, { title: view.t.rejections.title, here: 'rejections', main }))
  })
  return app
}

const start = z.coerce.number().int().min(0).max(10_000_000).catch(0)
const Wanted = z.object({ q: z.string().trim().max(50).catch(''), from: start })
const Looked = z.object({
  section: Section.optional().catch(undefined),
  outage: z.coerce.number().int().positive().optional().catch(undefined),
  from: start.optional(),
})

function sightOf(c: Context<ConsoleEnv>): Sight {
  return Looked.parse(c.req.query())
}

async function readBoard(
  { pool, live }: ConsoleOptions,
  { person, office, now }: View,
  sight: Sight,
): Promise<Board> {
  const began = performance.now()
  const [homes, alerts, names, stopped] = await Promise.all([
    office === null ? null : boardHomes(pool, office, now),
    boardAlerts(pool, { person: person.person, office }, sight),
    staffNames(pool),
    pipelineUnseenSince(pool),
  ])
  live.cost = performance.now() - began
  return { sight, homes, alerts, names, stopped }
}

/** How a home is shown: whose name, what the last act came to, and whether that was an error. */
export type Showing = {
  readonly look?: (home: Home) => Promise<Name>
  readonly said?: string
  readonly status?: 200 | 400 | 403
}

/** Shows the page of the home that the request names. */
export async function showHome(
  c: Context<ConsoleEnv>,
  { pool }: ConsoleOptions,
  { look = () => Promise.resolve('hidden'), said, status = 200 }: Showing = {},
): Promise<Response> {
  const { view } = c.var
  const home = await findHome(pool, c.req.param('household') ?? '', view.now)
  if (!home) return c.notFound()
  const looked = { home: home.id, reader: view.person.person }
  const [days, devices, gateways, alerts, name, watching] = await Promise.all([
    // One day more than is drawn: the first local midnight lies somewhere in it.
    daysOf(pool, looked, view.now - (DAYS + 1) * DAY, view.now),
    homeDevices(pool, home.household),
    homeGateways(pool, home.household),
    pastAlerts(pool, looked),
    look(home),
    watchingOf(pool, home, view.now),
  ])
  const file = { home, days, devices, gateways, alerts, name, watching, said: said ?? null }
  const main = householdPage(view, file)
  return c.html(page(view, { title: home.alias, here: null, main }), status)
}

async function watchingOf(pool: pg.Pool, { id, household }: Home, now: number): Promise<Watching> {
  const [absences, choices, names, feedback, openings] = await Promise.all([
    listAbsences(pool, { household, past: true }, now),
    listChoices(pool, household, now),
    staffNames(pool),
    feedbackOf(pool, id),
    openingsOf(pool, [id], now),
  ])
  return { absences: absences.slice(0, PAST_ABSENCES), choices, names, feedback, openings }
}

const PAST_ABSENCES = 10

async function lookAt(
  c: Context<ConsoleEnv>,
  { pool, namesKey, log }: ConsoleOptions,
  { household }: Home,
): Promise<Name> {
  if (namesKey === null) return 'unopened'
  const { person } = c.var.view.person
  try {
    const look = { namesKey, household, person }
    return (await lookAtResident(pool, look, c.var.view.now)) ?? 'hidden'
  } catch (error) {
    log.error({ err: error, household }, 'a name could not be opened')
    return 'unopened'
  }
}
