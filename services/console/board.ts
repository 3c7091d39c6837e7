import { html } from 'hono/html'
import { ownerOf } from '../core/rungs.ts'
import { sentence } from '../core/sentence.ts'
import type { BoardAlert, BoardHome } from '../store/board.ts'
import { homesStrip, unseenHomes } from './homes.ts'
import type { SignalKind } from '../../schemas/signal.ts'
import { offerWords } from './handover.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import { type Names, badge, dongOf, nameOf, standing, takeButton, toneOf } from './standing.ts'
import { type View, moment } from './view.ts'

/** All that the board shows. */
export type Board = {
  readonly homes: readonly BoardHome[]
  readonly alerts: readonly BoardAlert[]
  readonly names: Names
  /** Since when the pipeline stands still, or null. */
  readonly stopped: number | null
}

/** The sections of the board, in the order in which they are read at two in the morning. */
export const SECTIONS = ['danger', 'open', 'visiting', 'held', 'back', 'device', 'listed'] as const
export type Section = (typeof SECTIONS)[number]

const SECTION_OF = {
  pending: 'listed',
  notifying: 'open',
  assigned: 'open',
  exhausted: 'open',
  acknowledged: 'held',
  visiting: 'visiting',
  deferred: 'held',
  recovered: 'back',
  listed: 'listed',
  resolved: 'listed',
  cancelled: 'listed',
} as const satisfies Record<BoardAlert['state']['state'], Section>

// A set-up fault is of the office and not of a home, yet it is seen to by the same people.
const DEVICES: ReadonlySet<SignalKind> = new Set(['blind', 'sensor', 'configuration'])

/** Where on the board an alert stands. */
export function sectionOf(alert: Pick<BoardAlert, 'kind' | 'grade' | 'state'>): Section {
  if (DEVICES.has(alert.kind)) return 'device'
  const usual = SECTION_OF[alert.state.state]
  return usual === 'open' && alert.grade === 'danger' ? 'danger' : usual
}

/** The frame of the board: its content is fetched anew whenever something changes. */
export function boardFrame(view: View, board: Board): Html {
  return html`<h1>${view.t.board.title}</h1>
    <div id="board" data-live="/board" data-hold>${boardPart(view, board)}</div>`
}

/** The content of the board, as a page has it and as the live fragment brings it. */
export function boardPart(view: View, board: Board): Html {
  const { t } = view
  const bySection = Map.groupBy(board.alerts, sectionOf)
  const count = (name: Section) => bySection.get(name)?.length ?? 0
  const [danger, open, held] = [count('danger'), count('open'), count('held')]
  const waiting = danger + open
  return html`<div
    class="board"
    data-counts="${t.board.counts(danger, open, held)}"
    data-waiting="${waiting}"
    data-now="${view.now}"
  >
    <div class="alerts">
      ${board.stopped !== null && html`<p class="note grave">${t.board.pipeline(moment(board.stopped, view, view.zone))}</p>`}
      ${waiting === 0 && html`<p class="calm">${icon('held')}${t.board.calm}</p>`}
      ${SECTIONS.map((name) => section(view, name, bySection.get(name) ?? [], board.names))}
    </div>
    <div class="aside">${unseenHomes(view, board.homes)} ${homesStrip(view, board.homes)}</div>
  </div>`
}

function section(view: View, name: Section, alerts: readonly BoardAlert[], names: Names): Html {
  if (alerts.length === 0) return html``
  return html`<section class="group ${name}" aria-labelledby="s-${name}">
    <h2 id="s-${name}">
      ${view.t.board.sections[name]} <span class="count">${alerts.length}</span>
    </h2>
    ${name === 'listed' && html`<p class="quiet">${view.t.board.listedNote}</p>`}
    <ul class="rows">
      ${alerts.map((alert) => row(view, alert, names))}
    </ul>
  </section>`
}

function row(view: View, alert: BoardAlert, names: Names): Html {
  const zone = alert.timeZone
  const tone = toneOf(alert.kind, alert.grade)
  return html`<li class="row ${tone}" data-alert="${alert.id}">
    <div class="say">
      <h3>
        ${badge(view, alert.kind, alert.grade)}
        <a href="/alerts/${alert.id}" id="a-${alert.id}">${alert.alias}</a>
        <span class="quiet">${dongOf(alert)}</span>
      </h3>
      ${alert.reason && html`<p class="why">${sentence(alert.reason, view.lang, zone)}</p>`}
      <p class="stands">${standing(view, alert.state, names, zone)}</p>
      ${alert.offer && html`<p class="quiet">${offerWords(view, alert.offer, names)}</p>`}
      <p class="quiet">
        ${view.t.board.opened(moment(alert.opened, view, zone))} · ${messages(view, alert)}
      </p>
    </div>
    <div class="act">${owner(view, alert, names)}${takeButton(view, alert)}</div>
  </li>`
}

function owner(view: View, alert: BoardAlert, names: Names): Html {
  const by = ownerOf(alert.state)
  if (by === null) return html``
  if (by !== view.person.person)
    return html`<p class="owner">${view.t.board.owner(nameOf(names, by))}</p>`
  return html`<p class="owner mine">${view.t.board.mine}</p>
    <a
      class="do"
      href="/alerts/${alert.id}#outcome"
      aria-label="${view.t.board.record}, ${alert.alias}"
      >${view.t.board.record}</a
    >`
}

// What is known of the messages and no more: "accepted" is not "read".
function messages(view: View, { messages: counts }: BoardAlert): string {
  const words = view.t.delivery
  const parts = [
    [counts.read, words.read],
    [counts.delivered, words.delivered],
    [counts.accepted, words.accepted],
    [counts.unknown, words.unknown],
    [counts.failed, words.failed],
    [counts.waiting, words.sending],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${word} ${count}`)
  if (said.length === 0) return view.t.board.nothingSent
  const reached = counts.read + counts.delivered + counts.accepted > 0
  return `${view.t.board.messages}: ${said.join(', ')}${reached ? '' : ` · ${view.t.board.nobodyReached}`}`
}
