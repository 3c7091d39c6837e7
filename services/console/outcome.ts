import { html } from 'hono/html'
import { HOWS } from '../../schemas/alert.ts'
import { FOLLOW_UPS } from '../../schemas/follow-up.ts'
import { DEMANDS, STAFF_OUTCOMES } from '../core/closing.ts'
import { DAY, localDay } from '../core/time.ts'
import type { Case } from '../store/cases.ts'
import type { Colleague } from '../store/staff.ts'
import type { Html } from './page.ts'
import { clientKey } from './standing.ts'
import type { View } from './view.ts'

/** What was entered and could not be taken. */
export type Given = Readonly<Record<string, unknown>>

/** Records how an alert ended, with what its outcome demands, and what shall follow. `given` is filled in again. */
export function outcomeForm(
  view: View,
  alert: Case,
  colleagues: readonly Colleague[],
  given: Given = {},
): Html {
  const { t } = view
  return html`<section class="outcome" aria-labelledby="outcome-title" id="outcome">
    <h2 id="outcome-title">${t.alert.outcome}</h2>
    <p class="quiet">${t.alert.outcomeNote}</p>
    <form method="post" action="/alerts/${alert.id}/outcome" class="stack" data-once>
      ${clientKey()}
      <fieldset>
        <legend>
          ${t.alert.which}
          ${alert.kind === 'inactivity' && html`<span class="quiet">${t.alert.whichNote}</span>`}
        </legend>
        <div class="choices">
          ${STAFF_OUTCOMES.map(
            (code) =>
              html`<label
                ><input
                  type="radio"
                  name="outcome"
                  value="${code}"
                  required
                  ${ticked(given['outcome'], code)}
                /><span>${t.outcome[code]}</span></label
              >`,
          )}
        </div>
      </fieldset>
      ${how(view, given)} ${what(view, given)}
      <label for="note">${t.alert.note} <span class="quiet">${t.alert.noteHelp}</span></label>
      <textarea id="note" name="note" rows="3" maxlength="2000">${words(given['note'])}</textarea>
      ${follow(view, alert, colleagues, given)}
      <button class="do">${t.alert.close}</button>
    </form>
  </section>`
}

// Only what an outcome demands is shown with it; a browser that cannot tell shows it all.
function how({ t }: View, given: Given): Html {
  return html`<fieldset class="asked ${demandedBy('how')}">
    <legend>${t.work.how}</legend>
    <div class="choices">
      ${HOWS.map(
        (each) =>
          html`<label
            ><input type="radio" name="how" value="${each}" ${ticked(given['how'], each)} /><span
              >${t.work.hows[each]}</span
            ></label
          >`,
      )}
    </div>
  </fieldset>`
}

function what({ t }: View, given: Given): Html {
  return html`<div class="asked stack ${demandedBy('happened')}">
    <label for="happened">${t.work.happened}</label>
    <input
      id="happened"
      type="datetime-local"
      name="happened"
      value="${words(given['happened'])}"
    />
    <label for="who">${t.work.who}</label>
    <input id="who" name="who" maxlength="200" value="${words(given['who'])}" />
  </div>`
}

function ticked(given: unknown, value: string): string {
  return given === value ? 'checked' : ''
}

function words(given: unknown): string {
  return typeof given === 'string' ? given : ''
}

function demandedBy(field: 'how' | 'happened'): string {
  return STAFF_OUTCOMES.filter((code) => DEMANDS[code].includes(field))
    .map((code) => `for-${code}`)
    .join(' ')
}

function follow(view: View, alert: Case, colleagues: readonly Colleague[], given: Given): Html {
  const t = view.t.follow
  return html`<details ${given['follow'] !== undefined && 'open'}>
    <summary>${t.after}</summary>
    <p class="quiet">${t.afterNote}</p>
    ${followChoices(view, given)} ${followFields(view, alert.timeZone, colleagues, given)}
  </details>`
}

/** What can follow, as many as apply. */
export function followChoices({ t }: View, given: Given = {}): Html {
  const chosen = [given['follow']].flat()
  return html`<div class="choices">
    ${FOLLOW_UPS.map(
      (kind) =>
        html`<label
          ><input
            type="checkbox"
            name="follow"
            value="${kind}"
            ${chosen.includes(kind) && 'checked'}
          /><span>${t.follow.kinds[kind]}</span></label
        >`,
    )}
  </div>`
}

/** By when, by whom, and what to know. */
export function followFields(
  view: View,
  zone: string,
  colleagues: readonly Colleague[],
  given: Given = {},
): Html {
  const t = view.t.follow
  const coordinator = words(given['coordinator']) || view.person.person
  const inAWeek = new Date((localDay(view.now, zone) + 7) * DAY).toISOString().slice(0, 10)
  return html`<div class="stack">
    <label for="due">${t.due}</label>
    <input id="due" type="date" name="due" value="${words(given['due']) || inAWeek}" />
    <label for="coordinator">${t.coordinator}</label>
    <select id="coordinator" name="coordinator">
      ${colleagues.map(
        ({ person, name }) =>
          html`<option value="${person}" ${person === coordinator && 'selected'}>${name}</option>`,
      )}
    </select>
    <label for="follow-note">${t.note}</label>
    <input
      id="follow-note"
      name="follow-note"
      maxlength="500"
      value="${words(given['follow-note'])}"
    />
  </div>`
}
