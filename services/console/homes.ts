import { html } from 'hono/html'
import { gradeWord, presenceWord } from '../core/sentence.ts'
import { type BoardHome, type BoardHomes, HOMES_SHOWN } from '../store/board-homes.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import { type View, ago, moment, since } from './view.ts'

/** Every home as a small tile: where the person is thought to be, since and until when, the last sign of life. */
export function homesStrip(view: View, { homes, total }: BoardHomes): Html {
  const { t } = view
  return html`<section class="group" aria-labelledby="homes">
    <h2 id="homes">${t.board.homes} <span class="count">${total}</span></h2>
    ${total === 0 && html`<p class="quiet">${t.board.noHomes}</p>`}
    ${homes.length < total && html`<p class="quiet">${t.board.someHomes(homes.length)} <a href="/households">${t.board.allHomes}</a></p>`}
    <ul class="tiles">
      ${homes.map((home) => tile(view, home))}
    </ul>
  </section>`
}

/** What the page of all homes was asked for. */
export type Wanted = { readonly words: string; readonly from: number }

/** The page of all homes of an office, to be searched. */
export function homesPage(view: View, { homes, total }: BoardHomes, { words, from }: Wanted): Html {
  const { t } = view
  const at = (start: number) => `/households?q=${encodeURIComponent(words)}&from=${start}`
  const to = from + homes.length
  return html`<h1>${t.board.homes} <span class="count">${total}</span></h1>
    <form class="search" role="search">
      <label>${t.board.find} <input type="search" name="q" value="${words}" /></label>
      <button class="soft">${t.board.findDo}</button>
    </form>
    ${homes.length === 0 && html`<p class="quiet">${words ? t.board.noneFound : t.board.noHomes}</p>`}
    <ul class="tiles">
      ${homes.map((home) => tile(view, home))}
    </ul>
    ${
      homes.length < total &&
      html`<p class="pager">
        ${t.board.shown(Math.min(from + 1, to), to, total)}
        ${from > 0 && html`<a class="soft" href="${at(Math.max(0, from - PAGE))}">${t.board.before}</a>`}
        ${to < total && html`<a class="soft" href="${at(to)}">${t.board.next}</a>`}
      </p>`
    }`
}

const PAGE = 2 * HOMES_SHOWN

function tile(view: View, home: BoardHome): Html {
  const { t } = view
  const presence = home.unseenSince === null ? home.presence : 'blind'
  return html`<li class="tile ${presence} ${home.grade ?? ''}">
    <a href="/households/${home.household}" id="h-${home.household}">
      <span class="tile-name"
        >${home.alias}
        ${home.grade && html`<span class="badge small ${home.grade}">${icon(home.grade)}${gradeWord(home.grade, view.lang)}</span>`}</span
      >
      ${home.absent === null ? where(view, home, presence) : absent(view, home, home.absent)}
      <span class="quiet">${t.board.lastSign(ago(home.lastActivity, view))}</span>
    </a>
  </li>`
}

function where(view: View, home: BoardHome, presence: BoardHome['presence']): Html {
  return html`<span class="tile-where"
    >${icon(presence)}${presenceWord(presence, view.lang)}${until(view, home, presence)}</span
  >`
}

// What people have said goes before what the sensors make one think.
function absent(
  view: View,
  { timeZone }: BoardHome,
  absence: NonNullable<BoardHome['absent']>,
): Html {
  const { t } = view
  return html`<span class="tile-where"
    ><b>${t.watching.cause[absence.cause]}</b>
    <span class="when">${t.time.atLatest(moment(absence.until, view, timeZone))}</span></span
  >`
}

// Whatever holds an alarm back says from when and until when it does.
function until(view: View, home: BoardHome, presence: BoardHome['presence']): Html {
  const { t } = view
  if (presence === 'home') return html``
  const from = presence === 'blind' ? (home.unseenSince ?? home.since) : home.since
  return html`<span class="when"
    >${t.time.from(moment(from, view, home.timeZone))}${
      presence === 'away' &&
      home.until !== null &&
      html`, ${t.time.atLatest(moment(home.until, view, home.timeZone))}`
    }</span
  >`
}

/** The homes that nobody can watch now: each is an alarm of its own, and none of them is known to be quiet. */
export function unseenHomes(view: View, { homes, unseen: count }: BoardHomes): Html {
  const { t } = view
  const unseen = homes.filter((home) => home.unseenSince !== null)
  return html`<section class="group" aria-labelledby="unseen">
    <h2 id="unseen">${t.board.unseen} <span class="count">${count}</span></h2>
    ${
      count === 0
        ? html`<p class="quiet">${t.board.allSeen}</p>`
        : html`<p class="quiet">${t.board.unseenNote}</p>
            <ul class="plain-list">
              ${unseen.map((home) => unseenHome(view, home))}
            </ul>
            ${unseen.length < count && html`<p><a href="/unwatched">${t.board.moreUnseen(count - unseen.length)}</a></p>`}`
    }
  </section>`
}

function unseenHome(view: View, home: BoardHome): Html {
  const from = home.unseenSince ?? home.since
  return html`<li>
    ${icon('blind')}<a href="/households/${home.household}" id="u-${home.household}"
      >${home.alias}</a
    >
    <span>${view.t.time.from(moment(from, view, home.timeZone))} (${since(from, view)})</span>
  </li>`
}
