import { html } from 'hono/html'
import { endOf } from '../core/absence.ts'
import { isClosed } from '../core/escalation.ts'
import { sentence } from '../core/sentence.ts'
import { bearingOn } from '../core/standstill.ts'
import type { CaseSignal } from '../store/cases.ts'
import { acts } from './act-forms.ts'
import type { CaseFile } from './case-file.ts'
import { deviceList } from './devices.ts'
import { followList } from './follow-ups.ts'
import { offerWords } from './handover.ts'
import { ladder } from './ladder.ts'
import { type Given, followChoices, followFields, outcomeForm } from './outcome.ts'
import type { Html } from './page.ts'
import { badge, dongOf, exerciseMark, nameOf, standing, toneOf } from './standing.ts'
import { timeline } from './timeline.ts'
import { type View, ago, moment } from './view.ts'
import { visitList } from './visit.ts'

/**
 * The page of one alert. `said` is what the last act came to, when it came to something else than was meant, and `given` what
 * was entered then.
 */
export function alertPage(view: View, file: CaseFile, said: string | null, given?: Given): Html {
  const { alert } = file
  // The form stands outside the live part, so that news never takes away what somebody is writing.
  return html`<div class="case">
    ${said && html`<p class="note" role="alert">${said}</p>`}
    <div id="case" data-live="/alerts/${alert.id}/part">${alertPart(view, file)}</div>
    ${!isClosed(alert.state) && outcomeForm(view, alert, file.colleagues, given)}
    ${followSection(view, file)}
  </div>`
}

/** The live part of an alert's page. */
export function alertPart(view: View, file: CaseFile): Html {
  const { alert } = file
  const { t } = view
  return html`<div
    class="case-live ${toneOf(alert.kind, alert.grade)}"
    data-state="${alert.state.state}"
  >
    ${head(view, file)}
    ${file.visits.length > 0 && section('visits', t.visiting.visits, visitList(view, file))}
    ${!isClosed(alert.state) && file.absences.length > 0 && section('absences', t.watching.absences, absences(view, file))}
    <div class="columns">
      ${section('why', t.alert.why, why(view, file))}
      ${section('signs', t.alert.signs, deviceList(view, file.devices, alert.timeZone, restlessIn(file)))}
      ${section('ladder', t.alert.ladder, ladder(view, file))}
      ${section('timeline', t.alert.timeline, timeline(view, file, file.names, alert.timeZone))}
    </div>
  </div>`
}

// What staff planned for this home, whether or not it stops this case: who reads it must not take one for the other.
function absences(view: View, { alert, absences: planned, names }: CaseFile): Html {
  const t = view.t.watching
  const at = (when: number) => moment(when, view, alert.timeZone)
  return html`<ul class="plain-list">
    ${planned.map(
      (absence) =>
        html`<li>
          <b>${t.cause[absence.cause]}</b>
          <span>${at(absence.since)} – ${at(endOf(absence))}</span>
          <span class="quiet">${t.by(nameOf(names, absence.author), absence.reason)}</span>
          <span class="does">${t.bearing[bearingOn(alert, absence, view.now)]}</span>
        </li>`,
    )}
  </ul>`
}

function section(id: string, title: string, body: Html): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section>`
}

function head(view: View, file: CaseFile): Html {
  const { alert, names } = file
  const { t } = view
  const opened = moment(alert.opened, view, alert.timeZone)
  return html`<header class="case-head">
    <h1>
      ${exerciseMark(view, alert)} ${badge(view, alert.kind, alert.grade)} ${alert.alias}
      <span class="quiet">${dongOf(alert)}</span>
    </h1>
    <p class="stands">${standing(view, alert.state, names, alert.timeZone)}</p>
    <p class="quiet">
      ${t.board.opened(opened)} (${ago(alert.opened, view)}) ·
      <a href="/households/${alert.household}">${t.alert.home}</a>
    </p>
    ${alert.offer && html`<p class="quiet">${offerWords(view, alert.offer, names)}</p>`}
    ${alert.cancelling && html`<p class="note">${t.board.cancelling(nameOf(names, alert.cancelling.by))}</p>`}
    ${!isClosed(alert.state) && acts(view, file)}
  </header>`
}

// Outside the live part too: somebody may be writing in it.
function followSection(view: View, { alert, followUps, names, colleagues }: CaseFile): Html {
  const t = view.t.follow
  if (!isClosed(alert.state) && followUps.length === 0) return html``
  return html`<section class="outcome" aria-labelledby="follow">
    <h2 id="follow">${t.title}</h2>
    ${followList(view, followUps, names)}
    <details>
      <summary>${t.add}</summary>
      <form method="post" action="/alerts/${alert.id}/follow-ups" class="stack" data-once>
        ${followChoices(view)} ${followFields(view, alert.timeZone, colleagues)}
        <button class="soft">${t.add}</button>
      </form>
    </details>
  </section>`
}

function newestOf({ alert, signals }: CaseFile): CaseSignal | undefined {
  return signals.find((signal) => signal.grade === alert.grade) ?? signals[0]
}

// A room may have several, and whoever goes there must know which.
function restlessIn(file: CaseFile): string | undefined {
  const reason = newestOf(file)?.reason
  return reason?.rule === 'alone' ? reason.uid : undefined
}

function why(view: View, file: CaseFile): Html {
  const { alert, signals } = file
  const newest = newestOf(file)
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
