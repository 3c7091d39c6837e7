import { html } from 'hono/html'
import { isLong } from '../core/absence.ts'
import type { UnwatchedHome } from '../store/unwatched-homes.ts'
import type { Html } from './page.ts'
import { type Names, dongOf, nameOf } from './standing.ts'
import { type Cells, table } from './table.ts'
import { type View, moment } from './view.ts'

/** The page of who is not watched, and why. */
export function unwatchedPage(view: View, homes: readonly UnwatchedHome[], names: Names): Html {
  const t = view.t.watching
  if (homes.length === 0)
    return html`<h1>${t.unwatched}</h1>
      <p class="calm">${t.allWatched}</p>`
  const { columns } = t
  return html`<h1>${t.unwatched} <span class="count">${homes.length}</span></h1>
    <p class="quiet">${t.unwatchedNote}</p>
    <ul class="counts">
      ${causesOf(homes).map(([cause, count]) => html`<li>${t.unwatchedCause[cause]} <b>${count}</b></li>`)}
    </ul>
    ${homes.length > MOST && html`<p class="note">${t.unwatchedMost(MOST, homes.length)}</p>`}
    ${table(
      t.unwatched,
      [columns.home, columns.why, columns.from, columns.until, columns.who],
      homes.slice(0, MOST).map((home) => row(view, home, names)),
    )}`
}

// In an outage thousands have the same reason: they are counted, and `anbu unwatched` names each.
const MOST = 300

function causesOf(homes: readonly UnwatchedHome[]): [UnwatchedHome['cause'], number][] {
  const byCause = Map.groupBy(homes, ({ cause }) => cause)
  return [...byCause].map(([cause, { length }]) => [cause, length])
}

function row(view: View, home: UnwatchedHome, names: Names): Cells {
  const t = view.t.watching
  const { since, until, author, reason } = home
  return [
    html`<a href="/households/${home.household}">${home.alias}</a>
      <span class="quiet">${dongOf(home)}</span>`,
    t.unwatchedCause[home.cause],
    moment(since, view, home.timeZone),
    until === null ? t.untilMended : moment(until, view, home.timeZone),
    author === null || reason === null
      ? ''
      : html`${t.by(nameOf(names, author), reason)}
        ${until !== null && isLong({ since, until }) && html`<span class="bad">${t.long}</span>`}`,
  ]
}
