import { html } from 'hono/html'
import { ownerOf } from '../core/rungs.ts'
import { isAllowed, type CommandName, type Relation } from '../core/permission.ts'
import type { Case } from '../store/cases.ts'
import type { Colleague } from '../store/staff.ts'
import type { Html } from './page.ts'
import { clientKey, takeButton } from './standing.ts'
import { type View, clockTime } from './view.ts'

/** What decides which buttons an alert has for its reader. */
export type Acting = {
  readonly alert: Case
  readonly relations: ReadonlySet<Relation>
  readonly colleagues: readonly Colleague[]
}

/** Everything that the reader may do to an open alert: what is needed first as buttons, the rest folded. */
export function acts(view: View, acting: Acting): Html {
  const { alert } = acting
  return html`<div class="acts">
      ${alert.offer?.to === view.person.person && answers(view, alert)} ${first(view, acting)}
    </div>
    <div class="act-forms">
      ${canVisit(view, acting) && visitForm(view, acting)} ${more(view, acting)}
    </div>`
}

function first(view: View, acting: Acting): Html {
  const { alert } = acting
  const mine = isMine(view, alert)
  const record = html`<a class="${mine ? 'do' : 'soft'}" href="#outcome">${view.t.board.record}</a>`
  return html`${mine && alert.state.state === 'visiting' && visitLink(view, alert)}
  ${mine && record} ${takeButton(view, alert)}
  ${canDecline(view, acting) && button(alert, 'decline', view.t.board.decline)}
  ${!mine && may(acting, 'outcome') && record}`
}

function may({ relations }: Acting, command: CommandName): boolean {
  return isAllowed(command, relations)
}

function isMine(view: View, { state }: Case): boolean {
  return ownerOf(state) === view.person.person
}

function canVisit(view: View, acting: Acting): boolean {
  const { alert } = acting
  if (alert.state.state === 'visiting' || !may(acting, 'start-visit')) return false
  return isMine(view, alert) || ownerOf(alert.state) === null
}

function visitLink(view: View, { id }: Case): Html {
  return html`<a class="do" href="/alerts/${id}/visit">${view.t.work.visit}</a>`
}

/** One button that does one thing to an alert. */
export function button(
  alert: Pick<Case, 'id' | 'alias'>,
  act: string,
  word: string,
  tone: 'do' | 'soft' = 'soft',
): Html {
  return html`<form method="post" action="/alerts/${alert.id}/${act}" data-once>
    ${clientKey()}<button
      id="${act}-${alert.id}"
      class="${tone}"
      aria-label="${word}, ${alert.alias}"
    >
      ${word}
    </button>
  </form>`
}

function canDecline(view: View, acting: Acting): boolean {
  const { state } = acting.alert
  if (!may(acting, 'decline') || state.state === 'visiting') return false
  const given = state.state === 'assigned' && state.to === view.person.person
  return state.state === 'notifying' || given || isMine(view, acting.alert)
}

function answers(view: View, alert: Case): Html {
  const t = view.t.work
  return html`${button(alert, 'accept', t.accept, 'do')} ${button(alert, 'refuse', t.refuse)}`
}

function visitForm(view: View, { alert, colleagues }: Acting): Html {
  const t = view.t.work
  return html`<details class="act-form">
    <summary>${t.startVisit}</summary>
    <form method="post" action="/alerts/${alert.id}/start-visit" class="stack" data-once>
      ${clientKey()} ${lengths(view, 'visit-minutes', t.checkEvery, [20, 30, 60])}
      <label for="companion">${t.companion}</label>
      <select id="companion" name="companion">
        <option value="">${t.alone}</option>
        ${others(view, colleagues)}
      </select>
      <button class="do">${t.startVisit}</button>
    </form>
  </details>`
}

function more(view: View, acting: Acting): Html {
  const { alert } = acting
  const mine = isMine(view, alert)
  const taken = ownerOf(alert.state) !== null && !mine
  const forms: readonly (readonly [boolean, () => Html])[] = [
    [may(acting, 'escalate') && !taken && canEscalate(alert), () => escalateForm(view, alert)],
    [may(acting, 'take-over') && taken, () => button(alert, 'take-over', view.t.work.takeOver)],
    [mine, () => offerForm(view, acting)],
    [mine && canDefer(alert), () => deferForm(view, alert)],
    [may(acting, 'note'), () => noteForm(view, alert)],
    [may(acting, 'reassign'), () => reassignForm(view, acting)],
    [may(acting, 'replan') && alert.outdated, () => button(alert, 'replan', view.t.work.replan)],
    [may(acting, 'cancel'), () => cancelForm(view, alert)],
  ]
  const shown = forms.filter(([is]) => is).map(([, form]) => form())
  if (shown.length === 0) return html``
  return html`<details class="act-form">
    <summary>${view.t.work.more}</summary>
    <div class="more">${shown}</div>
  </details>`
}

// Where there is a next one to be told.
function canEscalate({ state: { state } }: Case): boolean {
  return state === 'pending' || state === 'notifying' || state === 'acknowledged'
}

function canDefer({ state, grade }: Case): boolean {
  return state.state === 'acknowledged' && grade !== 'danger'
}

// What the reader saw goes along: an alert that has moved on since is left alone.
function escalateForm(view: View, { id, alias, generation, state }: Case): Html {
  const loop = state.state === 'notifying' ? state.loop : 0
  const step = state.state === 'notifying' ? state.step : 'level' in state ? state.level : 0
  return html`<form method="post" action="/alerts/${id}/escalate" data-once>
    ${clientKey()}
    <input type="hidden" name="generation" value="${generation}" />
    <input type="hidden" name="loop" value="${loop}" />
    <input type="hidden" name="step" value="${step}" />
    <button class="soft" aria-label="${view.t.work.escalate}, ${alias}">
      ${view.t.work.escalate}
    </button>
  </form>`
}

function offerForm(view: View, { alert, colleagues }: Acting): Html {
  const t = view.t.work
  return html`<form method="post" action="/alerts/${alert.id}/offer" class="stack" data-once>
    ${clientKey()} ${choose(view, 'offer-to', t.offerTo, colleagues)} ${shiftEnd(view)}
    <button class="soft">${t.offer}</button>
  </form>`
}

/** Asks for the time at which the reader's shift is over. */
export function shiftEnd(view: View): Html {
  // What is likely: the end of the office's day, or of the night.
  const hour = clockTime(view.now, view.zone)
  const likely = hour >= '09:00' && hour < '18:00' ? '18:00' : '09:00'
  return html`<label for="shift-end">${view.t.work.shiftEnd}</label>
    <input id="shift-end" type="time" name="until" value="${likely}" required />`
}

/** A list of the others of the office to choose one from. */
export function choose(
  view: View,
  id: string,
  label: string,
  colleagues: readonly Colleague[],
): Html {
  return html`<label for="${id}">${label}</label>
    <select id="${id}" name="to" required>
      ${others(view, colleagues)}
    </select>`
}

function others(view: View, colleagues: readonly Colleague[]): Html[] {
  return colleagues
    .filter(({ person }) => person !== view.person.person)
    .map(
      ({ person, name, role }) =>
        html`<option value="${person}">${name} · ${view.t.role[role]}</option>`,
    )
}

function deferForm(view: View, alert: Case): Html {
  const t = view.t.work
  return html`<form method="post" action="/alerts/${alert.id}/defer" class="stack" data-once>
    ${clientKey()} ${lengths(view, 'defer-minutes', t.deferFor, [20, 40, 60])}
    <label for="reason">${t.deferWhy}</label>
    <input id="reason" name="reason" maxlength="500" required />
    <label class="tick"
      ><input type="checkbox" name="contact" value="yes" required />${t.deferContact}</label
    >
    <button class="soft">${t.defer}</button>
  </form>`
}

function noteForm(view: View, alert: Case): Html {
  const t = view.t.work
  return html`<form method="post" action="/alerts/${alert.id}/note" class="stack" data-once>
    ${clientKey()}
    <label for="text">${t.noteText}</label>
    <input id="text" name="text" maxlength="2000" required />
    <button class="soft">${t.note}</button>
  </form>`
}

function reassignForm(view: View, { alert, colleagues }: Acting): Html {
  const t = view.t.work
  return html`<form method="post" action="/alerts/${alert.id}/reassign" class="stack" data-once>
    ${clientKey()} ${choose(view, 'reassign-to', t.reassign, colleagues)}
    <button class="soft">${t.reassign}</button>
  </form>`
}

function cancelForm(view: View, alert: Case): Html {
  const t = view.t.work
  return html`<form method="post" action="/alerts/${alert.id}/cancel" class="stack" data-once>
    ${clientKey()} ${alert.grade === 'danger' && html`<p class="quiet">${t.cancelTwo}</p>`}
    <label for="cancel-reason">${t.cancelWhy}</label>
    <input id="cancel-reason" name="reason" maxlength="500" required />
    <button class="soft">${t.cancel}</button>
  </form>`
}

function lengths(view: View, id: string, label: string, all: readonly number[]): Html {
  return html`<label for="${id}">${label}</label>
    <select id="${id}" name="minutes">
      ${all.map((n) => html`<option value="${n}">${view.t.work.minutes(n)}</option>`)}
    </select>`
}
