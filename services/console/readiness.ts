import { html } from 'hono/html'
import { channelWord } from '../core/contact.ts'
import type { Readiness } from '../store/readiness.ts'
import type { Html } from './page.ts'
import { type Cells, table } from './table.ts'
import { type View, moment } from './view.ts'

/** The page of who can really be told. */
export function readinessPage(view: View, staff: readonly Readiness[]): Html {
  const t = view.t.readiness
  return html`<h1>${t.title}</h1>
    <p class="quiet">${t.note}</p>
    ${table(
      t.title,
      [t.person, t.ways, view.t.roster.standsIn, t.exercise],
      staff.map((one) => row(view, one, staff)),
    )}`
}

function row(view: View, one: Readiness, staff: readonly Readiness[]): Cells {
  const t = view.t.readiness
  const deputy = staff.find(({ person }) => person === one.deputy)?.name ?? one.deputy
  return [
    html`${one.name}
      <span class="quiet">${view.t.role[one.role]}</span>
      ${one.leaveUntil !== null && html`<span class="bad">${t.onLeave(at(view, one.leaveUntil))}</span>`}`,
    one.ways.length === 0
      ? html`<span class="bad">${t.noWay}</span>`
      : html`<ul class="plain-list">
          ${one.ways.map((way) => wayItem(view, way))}
        </ul>`,
    deputy ?? view.t.roster.none,
    exercise(view, one),
  ]
}

function wayItem(view: View, way: Readiness['ways'][number]): Html {
  const t = view.t.readiness
  const arrived = way.succeeded === null ? t.neverArrived : t.arrived(at(view, way.succeeded))
  const verified = way.verified === null ? t.unverified : t.verified(at(view, way.verified))
  return html`<li>
    <b>${channelWord(way.channel, view.lang)}</b>
    ${
      way.failed === null
        ? html`<span class="quiet">${verified} · ${arrived}</span>`
        : html`<span class="bad">${t.dead(at(view, way.failed))}</span>
            <span class="quiet">${way.failure}</span>`
    }
  </li>`
}

function exercise(view: View, { exercised, answered }: Readiness): Html {
  const t = view.t.readiness
  if (exercised === null) return html`<span class="quiet">${t.never}</span>`
  return answered === null
    ? html`<span class="bad">${t.unanswered(at(view, exercised))}</span>`
    : html`${t.answered(at(view, answered))}`
}

function at(view: View, instant: number): string {
  return moment(instant, view, view.zone)
}
