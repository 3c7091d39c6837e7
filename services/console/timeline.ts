import { html } from 'hono/html'
import type { AlertState } from '../../schemas/alert.ts'
import { GRADES } from '../../schemas/signal.ts'
import { channelWord } from '../core/contact.ts'
import { ownerOf } from '../core/rungs.ts'
import { gradeWord } from '../core/sentence.ts'
import type { CaseDelivery, CaseEvent } from '../store/cases.ts'
import { type Telling, ticked, unchanged } from './lapsed.ts'
import type { Html } from './page.ts'
import { type Names, nameOf } from './standing.ts'
import { type View, clockTime, moment } from './view.ts'

type Entry = {
  readonly at: number
  readonly words: string
  readonly note: string
  readonly human: boolean
  /** What is told over and over while nobody answers has the same name each time; null: it stands by itself. */
  readonly same: string | null
  /** Of how many it is the last, and when the first was. */
  readonly run?: { readonly count: number; readonly first: number }
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
  ].toSorted((a, b) => a.at - b.at)
  return html`<ol class="timeline">
    ${folded(entries)
      .toReversed()
      .map(
        (entry) =>
          html`<li class="${entry.human ? 'human' : ''}">
            <time datetime="${new Date(entry.at).toISOString()}"
              >${moment(entry.at, view, zone)}</time
            >
            <span
              >${entry.words}${entry.run && html` <span class="quiet">${runWords(view, entry.run, zone)}</span>`}${
                entry.note && html`<q>${entry.note}</q>`
              }</span
            >
          </li>`,
      )}
  </ol>`
}

/** One line, the last, for all that are the same in a stretch of nothing but what is told over and over. */
function folded(entries: readonly Entry[]): Entry[] {
  const lines: Entry[] = []
  let stretch = new Map<string, Entry>()
  const end = () => {
    lines.push(...stretch.values())
    stretch = new Map()
  }
  for (const entry of entries) {
    if (entry.same === null) {
      end()
      lines.push(entry)
    } else join(stretch, entry.same, entry)
  }
  end()
  return lines
}

function join(stretch: Map<string, Entry>, same: string, entry: Entry): void {
  const before = stretch.get(same)
  const { count, first } = before?.run ?? { count: 1, first: before?.at ?? entry.at }
  // To the end, where the last of them stood.
  stretch.delete(same)
  stretch.set(same, before ? { ...entry, run: { count: count + 1, first } } : entry)
}

/** How often something was told, and when first. */
export function runWords(
  view: View,
  { count, first }: { readonly count: number; readonly first: number },
  zone: string,
): string {
  return view.t.record.again(moment(first, view, zone), count)
}

function sent(view: View, delivery: CaseDelivery, names: Names): Entry[] {
  if (delivery.done === null || delivery.state === 'cancelled') return []
  const say = delivery.isNews ? view.t.record.news : view.t.record.message
  const words = say(
    nameOf(names, delivery.person),
    channelWord(delivery.channel, view.lang),
    view.t.delivery[delivery.state],
  )
  // Why it was not worth sending is in its word.
  const note = delivery.state === 'expired' ? '' : (delivery.error ?? '')
  return [{ at: delivery.done, words, note, human: false, same: `${words} ${note}` }]
}

function told(telling: Telling, entry: CaseEvent): Entry {
  const { event } = entry
  return 'by' in event ? done(telling, entry, event) : befell(telling, entry, event)
}

type Happened = CaseEvent['event']
type Done = Extract<Happened, { by: string }>

function befell(telling: Telling, { at, state }: CaseEvent, event: Exclude<Happened, Done>): Entry {
  const { view, zone, names } = telling
  const t = view.t.record
  const entry = (words: string, same: string | null = null) => ({
    at,
    words,
    note: '',
    human: false,
    same,
  })
  switch (event.type) {
    case 'signal':
      return entry(signalled(telling, event, state))
    case 'tick': {
      const again = unchanged(telling, state)
      return again === null ? entry(ticked(telling, state)) : entry(again, state.state)
    }
    case 'activity':
      return entry(t.activity(clockTime(event.at, zone)))
    case 'resident':
      return entry(event.answer === 'fine' ? t.fine : t.help)
    case 'unavailable':
      return entry(t.unavailable(nameOf(names, event.person)))
  }
}

// What staff did, with what they wrote.
function done(telling: Telling, { at, state }: CaseEvent, event: Done): Entry {
  const { view, names } = telling
  const t = view.t.record
  const name = nameOf(names, event.by)
  const entry = (words: string, note = '') => ({ at, words, note, human: true, same: null })
  if (event.type === 'acknowledge') return entry(acknowledged(telling, event.by, state))
  if (event.type === 'outcome') return entry(closed(telling, event), event.note)
  if (event.type === 'absent') return entry(absent(telling, event.by, state), event.reason)
  if (event.type === 'denied') return entry(t.denied(name, event.command))
  return entry(t.did[event.type](name), writtenIn(telling, event))
}

function writtenIn({ names }: Telling, event: Done): string {
  if ('text' in event) return event.text
  if ('reason' in event) return event.reason
  return 'to' in event ? nameOf(names, event.to) : ''
}

function acknowledged({ view, names, zone }: Telling, by: string, state: AlertState): string {
  const t = view.t.record
  return ownerOf(state) === by && 'until' in state
    ? t.acknowledged(nameOf(names, by), clockTime(state.until, zone))
    : t.late(nameOf(names, by))
}

function absent({ view, names }: Telling, by: string, { state }: AlertState): string {
  const t = view.t.record
  const said = t.absent(nameOf(names, by))
  return state === 'away' ? `${said}, ${t.still}` : said
}

function closed(
  { view, names, earlier }: Telling,
  { by, outcome }: Extract<CaseEvent['event'], { type: 'outcome' }>,
): string {
  const t = view.t.record
  const before = earlier.at(-1)?.state.state
  const isLate = before === 'resolved' || before === 'cancelled'
  return isLate ? t.late(nameOf(names, by)) : t.resolved(nameOf(names, by), view.t.outcome[outcome])
}

function signalled(
  { view, names, earlier }: Telling,
  { grade, grouped, calls }: Extract<Happened, { type: 'signal' }>,
  state: AlertState,
): string {
  const t = view.t.record
  const grades = earlier.flatMap(({ event }) => (event.type === 'signal' ? [event.grade] : []))
  const word = gradeWord(grade, view.lang)
  const raised = grades.every((one) => GRADES.indexOf(one) < GRADES.indexOf(grade))
  if (grades.length > 0 && !raised) return calls ? t.calls : t.joined
  const what = grades.length === 0 ? t.opened(word) : t.raised(word)
  const then = grouped ? t.grouped : follows(t, state, names)
  return then === '' ? what : `${what}, ${then}`
}

function follows(t: View['t']['record'], state: AlertState, names: Names): string {
  if (state.state === 'pending') return t.asked
  if (state.state === 'away') return t.still
  if (state.state === 'acknowledged') return t.heldOn(nameOf(names, state.by))
  return state.state === 'notifying' ? t.told(state.loop + 1, state.step + 1) : ''
}
