import { html } from 'hono/html'
import type { AlertState } from '../../schemas/alert.ts'
import { ownerOf } from '../core/rungs.ts'
import { sentence } from '../core/sentence.ts'
import { type BoardAlert, Section, SHOWN, type Sight } from '../store/board.ts'
import type { BoardHomes } from '../store/board-homes.ts'
import { homesStrip, unseenHomes } from './homes.ts'
import { offerWords } from './handover.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import {
  type Names,
  badge,
  dongOf,
  exerciseMark,
  nameOf,
  standing,
  takeButton,
  toneOf,
} from './standing.ts'
import { type View, moment } from './view.ts'

/** All that the board shows. */
export type Board = {
  readonly sight: Sight
  /** Null: its reader does not see all homes of an office. */
  readonly homes: BoardHomes | null
  readonly alerts: readonly BoardAlert[]
  readonly names: Names
  /** Since when the pipeline stands still, or null. */
  readonly stopped: number | null
}

/** The frame of the board: its content is fetched anew whenever something changes. */
export function boardFrame(view: View, board: Board): Html {
  const { section, outage } = board.sight
  const { t } = view
  const narrow = section !== undefined || outage !== undefined
  return html`<h1>${outage === undefined ? t.board.title : t.board.outage}</h1>
    ${narrow && html`<p><a href="/">${t.board.whole}</a></p>`}
    <div id="board" data-live="/board${search(board.sight)}" data-hold>
      ${boardPart(view, board)}
    </div>`
}

function search({ section, outage, from }: Sight): string {
  const given = Object.entries({ section, outage, from }).filter(([, value]) => value !== undefined)
  return given.map(([name, value], index) => `${index === 0 ? '?' : '&'}${name}=${value}`).join('')
}

/** The content of the board, as a page has it and as the live fragment brings it. */
export function boardPart(view: View, board: Board): Html {
  const { t } = view
  const { section: only, outage } = board.sight
  const bySection = Map.groupBy(board.alerts, ({ section }) => section)
  const count = (name: Section) => bySection.get(name)?.[0]?.total ?? 0
  const [danger, open, held] = [count('danger'), count('open'), count('held')]
  const waiting = danger + open
  const whole = only === undefined && outage === undefined
  return html`<div
    class="board"
    data-counts="${whole ? t.board.counts(danger, open, held) : ''}"
    data-waiting="${waiting}"
    data-now="${view.now}"
  >
    <div class="alerts">
      ${board.stopped !== null && html`<p class="note grave">${t.board.pipeline(moment(board.stopped, view, view.zone))}</p>`}
      ${whole && waiting === 0 && calm(view, bySection.get('device') ?? [])}
      ${Section.options.map((name) => part(view, name, bySection.get(name) ?? [], board))}
    </div>
    ${whole && aside(view, board)}
  </div>`
}

function aside(view: View, { homes }: Board): Html {
  if (!homes) return html``
  return html`<div class="aside">${unseenHomes(view, homes)} ${homesStrip(view, homes)}</div>`
}

function calm(view: View, devices: readonly BoardAlert[]): Html {
  if (devices.some(({ state }) => UNANSWERED.has(state.state))) return html``
  return html`<p class="calm">${icon('held')}${view.t.board.calm}</p>`
}

// Staff were told of a device, and nobody has answered: then it is not calm either.
const UNANSWERED: ReadonlySet<AlertState['state']> = new Set(['notifying', 'exhausted', 'assigned'])

function part(
  view: View,
  name: Section,
  alerts: readonly BoardAlert[],
  { names, sight }: Board,
): Html {
  const total = alerts[0]?.total ?? 0
  if (total === 0) return html``
  return html`<section class="group ${name}" aria-labelledby="s-${name}">
    <h2 id="s-${name}">${view.t.board.sections[name]} <span class="count">${total}</span></h2>
    ${name === 'listed' && html`<p class="quiet">${view.t.board.listedNote}</p>`}
    <ul class="rows">
      ${alerts.map((alert) => row(view, alert, names))}
    </ul>
    ${more(view, name, total, sight)}
  </section>`
}

// What is not shown is at least counted, and one press away.
function more(view: View, name: Section, total: number, sight: Sight): Html {
  const from = sight.from ?? 0
  const to = Math.min(total, from + SHOWN)
  if (total <= SHOWN) return html``
  const narrow = sight.outage === undefined ? { section: name } : sight
  const at = (start: number) => `/${search({ ...narrow, from: start })}`
  return html`<p class="pager">
    ${view.t.board.shown(from + 1, to, total)}
    ${from > 0 && html`<a class="soft" href="${at(Math.max(0, from - SHOWN))}">${view.t.board.before}</a>`}
    ${to < total && html`<a class="soft" href="${at(to)}">${view.t.board.next}</a>`}
  </p>`
}

function row(view: View, alert: BoardAlert, names: Names): Html {
  const zone = alert.timeZone
  const tone = toneOf(alert.kind, alert.grade)
  return html`<li class="row ${tone}" data-alert="${alert.id}">
    <div class="say">
      <h3>
        ${exerciseMark(view, alert)} ${badge(view, alert.kind, alert.grade)}
        <a href="/alerts/${alert.id}" id="a-${alert.id}">${alert.alias}</a>
        <span class="quiet">${dongOf(alert)}</span>
      </h3>
      ${alert.stands > 1 && html`<p class="why"><a href="/?outage=${alert.outage}">${view.t.board.together(alert.stands)}</a></p>`}
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
