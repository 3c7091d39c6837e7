import { html } from 'hono/html'
import type { AlertState } from '../../schemas/alert.ts'
import { GRADES, type Grade } from '../../schemas/signal.ts'
import { channelWord } from '../core/contact.ts'
import { ownerOf } from '../core/escalation.ts'
import { gradeWord } from '../core/sentence.ts'
import type { CaseDelivery, CaseEvent } from '../store/cases.ts'
import type { Html } from './page.ts'
import { type Names, nameOf } from './standing.ts'
import { type View, clockTime, moment } from './view.ts'

type Entry = {
  readonly at: number
  readonly words: string
  readonly note: string
  readonly human: boolean
}

/** An alert's whole record, the newest first: what happened in sentences, what was sent to whom between. */
export function timeline(
  view: View,
  record: { events: readonly CaseEvent[]; deliveries: readonly CaseDelivery[] },
  names: Names,
  zone: string,
): Html {
  // Of one moment, what was sent follows what was decided.
  const entries = [
    ...record.events.map((event, index) =>
      told({ view, names, zone, earlier: record.events.slice(0, index) }, event),
    ),
    ...record.deliveries.flatMap((delivery) => sent(view, delivery, names)),
  ]
    .toSorted((a, b) => a.at - b.at)
    .toReversed()
  return html`<ol class="timeline">
    ${entries.map(
      (entry) =>
        html`<li class="${entry.human ? 'human' : ''}">
          <time datetime="${new Date(entry.at).toISOString()}"
            >${moment(entry.at, view, zone)}</time
          >
          <span>${entry.words}${entry.note && html`<q>${entry.note}</q>`}</span>
        </li>`,
    )}
  </ol>`
}

function sent(view: View, delivery: CaseDelivery, names: Names): Entry[] {
  if (delivery.done === null || delivery.state === 'cancelled') return []
  const words = view.t.record.message(
    nameOf(names, delivery.person),
    channelWord(delivery.channel, view.lang),
    view.t.delivery[delivery.state],
  )
  return [{ at: delivery.done, words, note: delivery.error ?? '', human: false }]
}

type Telling = {
  readonly view: View
  readonly names: Names
  readonly zone: string
  /** What came before, in order. */
  readonly earlier: readonly CaseEvent[]
}

function told(telling: Telling, { at, event, state }: CaseEvent): Entry {
  const { view, zone } = telling
  switch (event.type) {
    case 'signal':
      return { at, words: signalled(telling, event.grade, state), note: '', human: false }
    case 'tick':
      return { at, words: ticked(telling, state), note: '', human: false }
    case 'activity': {
      const words = view.t.record.activity(clockTime(event.at, zone))
      return { at, words, note: '', human: false }
    }
    case 'acknowledge':
      return { at, words: acknowledged(telling, event.by, state), note: '', human: true }
    case 'outcome':
      return { at, words: closed(telling, event), note: event.note, human: true }
  }
}

function acknowledged({ view, names, zone }: Telling, by: string, state: AlertState): string {
  const t = view.t.record
  return ownerOf(state) === by && 'until' in state
    ? t.acknowledged(nameOf(names, by), clockTime(state.until, zone))
    : t.late(nameOf(names, by))
}

function closed(
  { view, names, earlier }: Telling,
  { by, outcome }: Extract<CaseEvent['event'], { type: 'outcome' }>,
): string {
  const t = view.t.record
  const isLate = earlier.at(-1)?.state.state === 'resolved'
  return isLate ? t.late(nameOf(names, by)) : t.resolved(nameOf(names, by), view.t.outcome[outcome])
}

function signalled({ view, earlier }: Telling, grade: Grade, state: AlertState): string {
  const t = view.t.record
  const grades = earlier.flatMap(({ event }) => (event.type === 'signal' ? [event.grade] : []))
  const word = gradeWord(grade, view.lang)
  const raised = grades.every((one) => GRADES.indexOf(one) < GRADES.indexOf(grade))
  if (grades.length > 0 && !raised) return t.joined
  const what = grades.length === 0 ? t.opened(word) : t.raised(word)
  return state.state === 'notifying' ? `${what}, ${t.told(state.loop + 1, state.step + 1)}` : what
}

// A tick says only that time has passed: what that meant is seen from the states around it.
function ticked({ view, earlier }: Telling, state: AlertState): string {
  const t = view.t.record
  const before = earlier.at(-1)?.state
  if (state.state === 'exhausted') return t.exhausted(state.times)
  if (state.state !== 'notifying') return t.waiting
  if (before?.state === 'acknowledged') return t.lapsed(state.step + 1)
  if (before?.state === 'recovered') return t.unconfirmed(state.step + 1)
  return t.told(state.loop + 1, state.step + 1)
}
