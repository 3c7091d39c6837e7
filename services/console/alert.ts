import { html } from 'hono/html'
import { OUTCOMES } from '../../schemas/alert.ts'
import { ownerOf } from '../core/escalation.ts'
import { sentence } from '../core/sentence.ts'
import type { Case, CaseDelivery, CaseEvent, CaseSignal, HomeDevice } from '../store/cases.ts'
import { deviceList } from './devices.ts'
import { ladder } from './ladder.ts'
import type { Html } from './page.ts'
import { type Names, badge, dongOf, standing, takeButton } from './standing.ts'
import { timeline } from './timeline.ts'
import { type View, moment, since } from './view.ts'

/** All that the page of one alert shows. */
export type CaseFile = {
  readonly alert: Case
  readonly signals: readonly CaseSignal[]
  readonly events: readonly CaseEvent[]
  readonly deliveries: readonly CaseDelivery[]
  readonly devices: readonly HomeDevice[]
  readonly names: Names
}

/** The page of one alert. `said` is what the last act came to, when it came to something else than was meant. */
export function alertPage(view: View, file: CaseFile, said: string | null): Html {
  const { alert } = file
  // The form stands outside the live part, so that news never takes away what somebody is writing.
  return html`<div class="case">
    ${said && html`<p class="note" role="alert">${said}</p>`}
    <div id="case" data-live="/alerts/${alert.id}/part">${alertPart(view, file)}</div>
    ${alert.state.state !== 'resolved' && outcomeForm(view, alert)}
  </div>`
}

/** The live part of an alert's page. */
export function alertPart(view: View, file: CaseFile): Html {
  const { alert, names } = file
  const { t } = view
  const tone = alert.kind === 'inactivity' ? alert.grade : 'device'
  return html`<div class="case-live ${tone}" data-state="${alert.state.state}">
    <header class="case-head">
      <h1>
        ${badge(view, alert.kind, alert.grade)} ${alert.alias}
        <span class="quiet">${dongOf(alert)}</span>
      </h1>
      <p class="stands">${standing(view, alert.state, names, alert.timeZone)}</p>
      <p class="quiet">
        ${t.board.opened(moment(alert.opened, view, alert.timeZone))}
        (${t.time.ago(since(alert.opened, view))}) ·
        <a href="/households/${alert.household}">${t.alert.home}</a>
      </p>
      ${alert.state.state !== 'resolved' && acts(view, alert)}
    </header>
    <div class="columns">
      <section aria-labelledby="why">
        <h2 id="why">${t.alert.why}</h2>
        ${why(view, file)}
      </section>
      <section aria-labelledby="signs">
        <h2 id="signs">${t.alert.signs}</h2>
        ${deviceList(view, file.devices, alert.timeZone)}
      </section>
      <section aria-labelledby="ladder">
        <h2 id="ladder">${t.alert.ladder}</h2>
        ${ladder(view, file)}
      </section>
      <section aria-labelledby="timeline">
        <h2 id="timeline">${t.alert.timeline}</h2>
        ${timeline(view, file, names, alert.timeZone)}
      </section>
    </div>
  </div>`
}

function acts(view: View, alert: Case): Html {
  const mine = ownerOf(alert.state) === view.person.person
  return html`<div class="acts">
    ${mine && html`<a class="do" href="#outcome">${view.t.board.record}</a>`}
    ${takeButton(view, alert)}
    ${!mine && html`<a class="soft" href="#outcome">${view.t.board.record}</a>`}
  </div>`
}

function why(view: View, { alert, signals }: CaseFile): Html {
  const newest = signals.find((signal) => signal.grade === alert.grade) ?? signals[0]
  if (!newest) return html`<p class="quiet">${view.t.time.none}</p>`
  return html`<p class="why">${sentence(newest.reason, view.lang, alert.timeZone)}</p>
    <p class="quiet">${view.t.watching.model(newest.model)}</p>
    ${
      signals.length > 1 &&
      html`<details>
        <summary>${view.t.alert.signals(signals.length)}</summary>
        <ul class="plain-list">
          ${signals.map(
            (signal) =>
              html`<li>
                ${badge(view, alert.kind, signal.grade)}
                <span>${moment(signal.at, view, alert.timeZone)}</span>
                <span class="quiet">${sentence(signal.reason, view.lang, alert.timeZone)}</span>
              </li>`,
          )}
        </ul>
      </details>`
    }`
}

function outcomeForm(view: View, alert: Case): Html {
  const { t } = view
  return html`<section class="outcome" aria-labelledby="outcome-title" id="outcome">
    <h2 id="outcome-title">${t.alert.outcome}</h2>
    <p class="quiet">${t.alert.outcomeNote}</p>
    <form method="post" action="/alerts/${alert.id}/outcome" class="stack" data-once>
      <fieldset>
        <legend>${t.alert.which}</legend>
        <div class="choices">
          ${OUTCOMES.map(
            (code) =>
              html`<label
                ><input type="radio" name="outcome" value="${code}" required /><span
                  >${t.outcome[code]}</span
                ></label
              >`,
          )}
        </div>
      </fieldset>
      <label for="note">${t.alert.note} <span class="quiet">${t.alert.noteHelp}</span></label>
      <textarea id="note" name="note" rows="3" maxlength="2000"></textarea>
      <button class="do">${t.alert.close}</button>
    </form>
  </section>`
}
