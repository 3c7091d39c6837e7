import { html } from 'hono/html'
import type { Visit } from '../store/visits.ts'
import { button } from './act-forms.ts'
import type { CaseFile } from './case-file.ts'
import type { Html } from './page.ts'
import { type Names, badge, clientKey, dongOf, exerciseMark, nameOf } from './standing.ts'
import { type View, moment } from './view.ts'

/** The page of somebody on a visit: report, arrive, leave, call for help. */
export function visitPage(view: View, file: CaseFile): Html {
  return html`<div class="case visit">
    <div id="visit" data-live="/alerts/${file.alert.id}/visit/part">${visitPart(view, file)}</div>
  </div>`
}

/** The live part of that page. */
export function visitPart(view: View, file: CaseFile): Html {
  const { alert, visits } = file
  const { t } = view
  const mine = visits.find((visit) => visit.ended === null && isAlong(visit, view.person.person))
  return html`<div class="case-live">
    <header class="case-head">
      <h1>
        ${exerciseMark(view, alert)} ${badge(view, alert.kind, alert.grade)} ${alert.alias}
        <span class="quiet">${dongOf(alert)}</span>
      </h1>
      ${
        mine
          ? html`<p class="stands">${said(view, mine, alert.timeZone)}</p>
              <p class="quiet">${line(view, mine, file.names, alert.timeZone)}</p>`
          : html`<p class="stands">${t.visiting.none}</p>`
      }
    </header>
    ${mine && reports(view, file, mine)}
    <section class="stack card">
      <h2>${t.visiting.card}</h2>
      <p class="quiet">${t.visiting.cardNote}</p>
      <div class="acts">
        <a class="do" href="tel:119">${t.visiting.call119}</a>
        <a class="soft" href="/households/${alert.household}">${t.visiting.home}</a>
      </div>
    </section>
    <p><a href="/alerts/${alert.id}">${t.alert.title(alert.id)}</a></p>
  </div>`
}

/** The visits of an alert, one line each. */
export function visitList(view: View, { visits, names, alert }: CaseFile): Html {
  return html`<ul class="plain-list">
    ${visits.map((visit) => html`<li>${line(view, visit, names, alert.timeZone)}</li>`)}
  </ul>`
}

function isAlong({ person, companion }: Visit, reader: string): boolean {
  return person === reader || companion === reader
}

function said(view: View, { due }: Visit, zone: string): string {
  return due <= view.now ? view.t.visiting.overdue : view.t.visiting.due(moment(due, view, zone))
}

function line(view: View, visit: Visit, names: Names, zone: string): string {
  const t = view.t.visiting
  const at = (when: number) => moment(when, view, zone)
  return [
    nameOf(names, visit.person),
    visit.companion === null ? '' : t.with(nameOf(names, visit.companion)),
    t.since(at(visit.began)),
    visit.arrived === null ? '' : t.arrivedAt(at(visit.arrived)),
    visit.ended === null ? '' : t.ended(at(visit.ended)),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

function reports(view: View, { alert }: CaseFile, visit: Visit): Html {
  const t = view.t.visiting
  return html`<div class="acts big">
      <form method="post" action="/alerts/${alert.id}/check-in" data-once>
        ${clientKey()}<input type="hidden" name="minutes" value="20" />
        <button class="do" id="fine">${t.fine}</button>
      </form>
      ${visit.arrived === null && button(alert, 'arrive', t.arrived)}
      ${button(alert, 'leave', t.left)}
      <a class="soft" href="/alerts/${alert.id}#outcome">${view.t.board.record}</a>
    </div>
    <details class="act-form">
      <summary>${t.duress}</summary>
      <form method="post" action="/alerts/${alert.id}/duress" class="stack" data-once>
        ${clientKey()}
        <p class="quiet">${t.duressNote}</p>
        <button class="soft">${t.duress}</button>
      </form>
    </details>`
}
