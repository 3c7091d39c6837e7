import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { ownerOf } from '../core/rungs.ts'
import { alertsWith, type BoardAlert } from '../store/board.ts'
import { command } from '../store/commands.ts'
import { type Colleague, colleagues, staffNames } from '../store/staff.ts'
import { button, choose, shiftEnd } from './act-forms.ts'
import type { ConsoleEnv, ConsoleOptions } from './env.ts'
import { eventOf, keyFor } from './forms.ts'
import { type Html, page } from './page.ts'
import { type Names, badge, clientKey, dongOf, exerciseMark, nameOf, standing } from './standing.ts'
import type { View } from './view.ts'

/** The end of a shift: what one has in hand is offered, each item is accepted by whoever takes it. */
export function handoverRoutes(options: ConsoleOptions): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>()

  app.get('/handover', (c) => show(c, options, null, 200))

  app.post('/handover', async (c) => {
    const { view } = c.var
    const body = await c.req.parseBody({ all: true })
    const chosen = Chosen.safeParse(body)
    if (!chosen.success) return show(c, options, view.t.handover.choose, 400)
    const by = view.person.person
    const event = eventOf('offer', body, { by, now: view.now, zone: view.zone })
    if (!event) return show(c, options, view.t.work.form, 400)
    const key = keyFor(body)
    const wrong: string[] = []
    for (const alert of chosen.data.alert) {
      const order = { alert, key: `${key} ${alert}`, event }
      const answer = await command(options.pool, order, options.voice, view.now)
      if (answer.kind === 'refused') wrong.push(view.t.work.refused[answer.why])
      if (answer.kind === 'denied') wrong.push(view.t.work.denied)
    }
    await options.told()
    if (wrong.length > 0) return show(c, options, [...new Set(wrong)].join(' '), 409)
    return c.redirect('/handover', 303)
  })
  return app
}

const id = z.coerce.number().int().positive()
const Chosen = z.object({ alert: z.union([z.array(id), id.transform((one) => [one])]) })

async function show(
  c: Context<ConsoleEnv>,
  { pool }: ConsoleOptions,
  said: string | null,
  status: 200 | 400 | 409,
): Promise<Response> {
  const { view } = c.var
  const me = view.person.person
  const [alerts, names, staff] = await Promise.all([
    alertsWith(pool, me),
    staffNames(pool),
    colleagues(pool, view.person.office),
  ])
  const mine = alerts.filter(({ state }) => ownerOf(state) === me)
  const offered = alerts.filter(({ offer }) => offer?.to === me)
  const main = handoverPage(view, { mine, offered, names, staff, said })
  return c.html(page(view, { title: view.t.handover.title, here: 'handover', main }), status)
}

type Handover = {
  readonly mine: readonly BoardAlert[]
  readonly offered: readonly BoardAlert[]
  readonly names: Names
  readonly staff: readonly Colleague[]
  readonly said: string | null
}

function handoverPage(view: View, { mine, offered, names, staff, said }: Handover): Html {
  const t = view.t.handover
  return html`<h1>${t.title}</h1>
    ${said && html`<p class="note" role="alert">${said}</p>`}
    <section class="group held" aria-labelledby="offered">
      <h2 id="offered">${t.offered} <span class="count">${offered.length}</span></h2>
      ${
        offered.length === 0
          ? html`<p class="quiet">${t.nothing}</p>`
          : html`<ul class="rows">
              ${offered.map((alert) => toAccept(view, alert, names))}
            </ul>`
      }
    </section>
    <section class="group held" aria-labelledby="mine">
      <h2 id="mine">${t.mine} <span class="count">${mine.length}</span></h2>
      ${mine.length === 0 ? html`<p class="quiet">${t.none}</p>` : toGive(view, mine, names, staff)}
    </section>`
}

function toAccept(view: View, alert: BoardAlert, names: Names): Html {
  const t = view.t.work
  return html`<li class="row">
    ${say(view, alert, names)}
    <div class="act">
      ${button(alert, 'accept', t.accept, 'do')} ${button(alert, 'refuse', t.refuse)}
    </div>
  </li>`
}

function toGive(
  view: View,
  mine: readonly BoardAlert[],
  names: Names,
  staff: readonly Colleague[],
): Html {
  const t = view.t.handover
  return html`<form method="post" action="/handover" class="stack" data-once>
    ${clientKey()}
    <p class="quiet">${t.note}</p>
    <ul class="rows">
      ${mine.map(
        (alert) =>
          html`<li class="row">
            <label class="tick"
              ><input type="checkbox" name="alert" value="${alert.id}" checked />
              <span class="unseen-text">${alert.alias}</span></label
            >
            ${say(view, alert, names)}
          </li>`,
      )}
    </ul>
    ${choose(view, 'to', view.t.work.offerTo, staff)} ${shiftEnd(view)}
    <button class="do">${t.all}</button>
  </form>`
}

function say(view: View, alert: BoardAlert, names: Names): Html {
  const { offer } = alert
  return html`<div class="say">
    <h3>
      ${exerciseMark(view, alert)} ${badge(view, alert.kind, alert.grade)}
      <a href="/alerts/${alert.id}">${alert.alias}</a>
      <span class="quiet">${dongOf(alert)}</span>
    </h3>
    <p class="stands">${standing(view, alert.state, names, alert.timeZone)}</p>
    ${offer && html`<p class="quiet">${offerWords(view, offer, names)}</p>`}
  </div>`
}

/** How far an offer is. */
export function offerWords(
  view: View,
  offer: { readonly to: string; readonly late: boolean },
  names: Names,
): string {
  const t = view.t.board
  return offer.late ? t.offeredLate(nameOf(names, offer.to)) : t.offered(nameOf(names, offer.to))
}
