import { html } from 'hono/html'
import type { AlertState } from '../../schemas/alert.ts'
import type { Grade, SignalKind } from '../../schemas/signal.ts'
import { ownerOf } from '../core/rungs.ts'
import { gradeWord, kindWord } from '../core/sentence.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import { type View, moment } from './view.ts'

/** The name of each of the staff by id. */
export type Names = ReadonlyMap<string, string>

/** An alert's grade, or where it is no matter of silence its kind: shape, word and colour. */
export function badge(view: View, kind: SignalKind, grade: Grade): Html {
  const word = kind === 'inactivity' ? gradeWord(grade, view.lang) : kindWord(kind, view.lang)
  return html`<span class="badge ${toneOf(kind, grade)}"
    >${icon(kind === 'inactivity' ? grade : kind)}${word}</span
  >`
}

/** What marks a case that is an exercise (훈련), wherever it is shown. */
export function exerciseMark(view: View, { purpose }: { readonly purpose: string }): Html {
  if (purpose !== 'exercise') return html``
  return html`<span class="badge exercise">${view.t.board.exercise}</span>`
}

/** The colour of a case: that of its grade where it is about a person. */
export function toneOf(kind: SignalKind, grade: Grade): Grade | 'device' {
  return kind === 'blind' || kind === 'sensor' || kind === 'configuration' ? 'device' : grade
}

/** Where an alert stands, in one sentence that is true now. */
export function standing(view: View, state: AlertState, names: Names, zone: string): string {
  const say = { t: view.t, name: (id: string) => nameOf(names, id), at: momentIn(view, zone) }
  return isOver(state) ? ended(say, state) : goingOn(say, state)
}

type Say = {
  readonly t: View['t']
  readonly name: (person: string) => string
  readonly at: (instant: number) => string
}
type Over = Extract<AlertState, { state: 'resolved' | 'cancelled' }>
type Held = Extract<AlertState, { state: 'acknowledged' | 'visiting' | 'deferred' | 'recovered' }>

function isOver(state: AlertState): state is Over {
  return state.state === 'resolved' || state.state === 'cancelled'
}

function momentIn(view: View, zone: string): (instant: number) => string {
  return (instant) => moment(instant, view, zone)
}

function ended({ t, name, at }: Say, state: Over): string {
  if (state.state === 'resolved')
    return t.state.resolved(name(state.by), t.outcome[state.outcome], at(state.at))
  return state.second === null
    ? t.state.cancelled(name(state.by), state.reason, at(state.at))
    : t.state.cancelledTwo(name(state.by), name(state.second), state.reason, at(state.at))
}

function goingOn(say: Say, state: Exclude<AlertState, Over>): string {
  const { t, name, at } = say
  if ('by' in state) return inHand(say, state)
  switch (state.state) {
    case 'pending':
      return t.state.pending(at(state.until))
    case 'notifying':
      return t.state.notifying(state.loop + 1, state.step + 1, at(state.until))
    case 'listed':
      return t.state.listed
    case 'away':
      return t.state.away(t.watching.cause[state.cause], name(state.author), at(state.until))
    case 'assigned':
      return t.state.assigned(name(state.giver), name(state.to), at(state.until))
    case 'exhausted':
      return t.state.exhausted(state.times, at(state.until))
  }
}

function inHand({ t, name, at }: Say, state: Held): string {
  const until = at(state.until)
  switch (state.state) {
    case 'acknowledged':
      return t.state.acknowledged(name(state.by), until)
    case 'deferred':
      return t.state.deferred(name(state.by), state.reason, until)
    case 'visiting':
      return state.companion === null
        ? t.state.visiting(name(state.by), until)
        : t.state.visitingTwo(name(state.by), name(state.companion), until)
    case 'recovered':
      if (state.absent) return t.state.recoveredAway(until)
      return state.by === null
        ? t.state.recovered(until)
        : t.state.recoveredHeld(name(state.by), until)
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

/** What makes pressing a button twice one press. */
export function clientKey(): Html {
  return html`<input type="hidden" name="key" value="${crypto.randomUUID()}" />`
}

/** The one button an open alert has for this reader: take it, or when it is theirs, hold it longer. */
export function takeButton(
  view: View,
  alert: { id: number; alias: string; state: AlertState },
): Html {
  const owner = ownerOf(alert.state)
  const { state } = alert.state
  // Who is on a visit reports there, and does not press for more time here.
  if (state === 'visiting' || (owner !== null && owner !== view.person.person)) return html``
  const mine = owner === view.person.person
  const word = mine ? view.t.board.extend : view.t.board.acknowledge
  return html`<form method="post" action="/alerts/${alert.id}/acknowledge" data-once>
    ${clientKey()}
    <button
      id="take-${alert.id}"
      class="${mine ? 'soft' : 'do'}"
      aria-label="${word}, ${alert.alias}"
    >
      ${mine ? null : icon('held')}${word}
    </button>
  </form>`
}
