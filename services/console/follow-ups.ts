import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { FollowUpState } from '../../schemas/follow-up.ts'
import { isAllowed } from '../core/permission.ts'
import { DAY, localDay } from '../core/time.ts'
import { type FollowUp, addFollowUps, followUps, moveFollowUp } from '../store/follow-ups.ts'
import { staffNames } from '../store/staff.ts'
import { readCase } from './case-file.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { followUpsOf } from './forms.ts'
import { type Html, bare, page } from './page.ts'
import { type Names, nameOf } from './standing.ts'
import type { View } from './view.ts'

/** What follows outcomes: a case is followed from the alert to the service. */
export function followUpRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const { pool } = options
  const app = new Hono<ConsoleEnv>()

  app.get('/follow-ups', async (c) => {
    const { view } = c.var
    const [todo, names] = await Promise.all([
      followUps(pool, { office: view.person.office, since: view.now - 30 * DAY }),
      staffNames(pool),
    ])
    const main = html`<h1>${view.t.follow.title}</h1>
      ${followList(view, todo, names)}`
    return c.html(page(view, { title: view.t.follow.title, here: 'follow-ups', main }))
  })

  app.post('/follow-ups/:id{[0-9]{1,15}}', async (c) => {
    const { view } = c.var
    const state = FollowUpState.safeParse((await c.req.parseBody())['state'])
    if (!state.success) return c.redirect('/follow-ups', 303)
    const { office } = view
    const to = { id: Number(c.req.param('id')), office, state: state.data, by: view.person.person }
    const alert = await moveFollowUp(pool, to, view.now)
    if (alert === null) return c.notFound()
    return c.redirect(office === null ? `/alerts/${alert}#follow` : '/follow-ups', 303)
  })

  app.post('/alerts/:id{[0-9]{1,15}}/follow-ups', (c) => add(c, options))
  return app
}

async function add(c: Context<ConsoleEnv>, options: ConsoleOptions): Promise<Response> {
  const { view } = c.var
  const file = await readCase(options, view, Number(c.req.param('id')))
  if (!file || !isAllowed('follow-up', file.relations)) return c.notFound()
  const wanted = followUpsOf(await c.req.parseBody({ all: true }))
  if (!wanted) return c.html(bare(view.lang, view.t.work.form, html``), 400)
  const known = new Set(file.colleagues.map(({ person }) => person))
  const of = { alert: file.alert.id, by: view.person.person }
  await addFollowUps(
    options.pool,
    of,
    wanted.filter(({ coordinator }) => known.has(coordinator)),
    view.now,
  )
  return c.redirect(`/alerts/${file.alert.id}#follow`, 303)
}

/** What is to be done, by when and by whom; each with how far it is, to be changed by whoever sees to it. */
export function followList(view: View, todo: readonly FollowUp[], names: Names): Html {
  const t = view.t.follow
  if (todo.length === 0) return html`<p class="quiet">${t.none}</p>`
  return html`<ul class="rows">
    ${todo.map((one) => row(view, one, names))}
  </ul>`
}

function row(view: View, one: FollowUp, names: Names): Html {
  const t = view.t.follow
  const today = new Date(localDay(view.now, view.zone) * DAY).toISOString().slice(0, 10)
  const late = one.due < today && (one.state === 'open' || one.state === 'under-way')
  return html`<li class="row">
    <div class="say">
      <h3>${t.kinds[one.kind]} <span class="quiet">${one.alias}</span></h3>
      <p class="stands">
        ${t.due}
        <time datetime="${one.due}">${one.due}</time>${late && html` <b class="bad">${t.late}</b>`}
        · ${nameOf(names, one.coordinator)}
      </p>
      ${one.note && html`<p>${one.note}</p>`}
      <p class="quiet"><a href="/alerts/${one.alert}">${t.of(one.alert)}</a></p>
    </div>
    ${mayMove(view, one) ? moveForm(view, one) : html`<p class="quiet">${t.states[one.state]}</p>`}
  </li>`
}

// Care corps and neighbours see to what is theirs.
function mayMove({ office, person }: View, { coordinator }: FollowUp): boolean {
  return office !== null || coordinator === person.person
}

function moveForm({ t: { follow: t } }: View, one: FollowUp): Html {
  return html`<form method="post" action="/follow-ups/${one.id}" class="act" data-once>
    <label class="unseen-text" for="state-${one.id}">${t.kinds[one.kind]}, ${one.alias}</label>
    <select id="state-${one.id}" name="state">
      ${FollowUpState.options.map(
        (state) =>
          html`<option value="${state}" ${state === one.state && 'selected'}>
            ${t.states[state]}
          </option>`,
      )}
    </select>
    <button class="soft" aria-label="${t.save}, ${t.kinds[one.kind]}, ${one.alias}">
      ${t.save}
    </button>
  </form>`
}
