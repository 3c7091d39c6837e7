import { html } from 'hono/html'
import type { AlertState } from '../../schemas/alert.ts'
import type { Grade, SignalKind } from '../../schemas/signal.ts'
import { ownerOf } from '../core/escalation.ts'
import { gradeWord, kindWord } from '../core/sentence.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import { type View, moment } from './view.ts'

/** The name of each of the staff by id. */
export type Names = ReadonlyMap<string, string>

/** An alert's grade, or for a matter of devices its kind: shape, word and colour. */
export function badge(view: View, kind: SignalKind, grade: Grade): Html {
  const word = kind === 'inactivity' ? gradeWord(grade, view.lang) : kindWord(kind, view.lang)
  const tone = kind === 'inactivity' ? grade : 'device'
  return html`<span class="badge ${tone}"
    >${icon(kind === 'inactivity' ? grade : kind)}${word}</span
  >`
}

/** Where an alert stands, in one sentence that is true now. */
export function standing(view: View, state: AlertState, names: Names, zone: string): string {
  const t = view.t.state
  const at = (instant: number) => moment(instant, view, zone)
  switch (state.state) {
    case 'notifying':
      return t.notifying(state.loop + 1, state.step + 1, at(state.until))
    case 'listed':
      return t.listed
    case 'acknowledged':
      return t.acknowledged(nameOf(names, state.by), at(state.until))
    case 'exhausted':
      return t.exhausted(state.times, at(state.until))
    case 'recovered':
      return state.by === null
        ? t.recovered(at(state.until))
        : t.recoveredHeld(nameOf(names, state.by), at(state.until))
    case 'resolved':
      return t.resolved(nameOf(names, state.by), view.t.outcome[state.outcome], at(state.at))
  }
}

/** A person's name, or the id of somebody who is no longer of the staff. */
export function nameOf(names: Names, person: string): string {
  return names.get(person) ?? person
}

/** The part of a town a home lies in, unless its alias says so already. */
export function dongOf(home: { readonly alias: string; readonly dong: string }): string {
  return home.alias.startsWith(home.dong) ? '' : home.dong
}

/** The one button an open alert has for this reader: take it, or when it is theirs, hold it longer. */
export function takeButton(
  view: View,
  alert: { id: number; alias: string; state: AlertState },
): Html {
  const owner = ownerOf(alert.state)
  const { state } = alert.state
  if (state === 'resolved' || (owner !== null && owner !== view.person.person)) return html``
  const mine = owner === view.person.person
  const word = mine ? view.t.board.extend : view.t.board.acknowledge
  return html`<form method="post" action="/alerts/${alert.id}/acknowledge" data-once>
    <button
      id="take-${alert.id}"
      class="${mine ? 'soft' : 'do'}"
      aria-label="${word}, ${alert.alias}"
    >
      ${mine ? null : icon('held')}${word}
    </button>
  </form>`
}
