import type { AlertState } from '../../schemas/alert.ts'
import type { CaseEvent } from '../store/cases.ts'
import type { Names } from './standing.ts'
import { type View, clockTime } from './view.ts'

/** An entry of a record that is put into words, and what they need. */
export type Telling = {
  readonly view: View
  readonly names: Names
  readonly zone: string
  /** What came before, in order. */
  readonly earlier: readonly CaseEvent[]
}

/** That nobody answers, or movement waits for its confirmation until an absence is over: null if it is neither. */
export function unchanged({ view }: Telling, state: AlertState): string | null {
  const t = view.t.record
  if (state.state === 'exhausted') return t.exhausted(state.times)
  return state.state === 'recovered' && state.absent === true ? t.unasked : null
}

/** What it meant that time had passed: a tick says only that, so it is seen from the states around it. */
export function ticked(telling: Telling, state: AlertState): string {
  const { view, earlier } = telling
  const t = view.t.record
  const before = earlier.at(-1)?.state
  if (state.state !== 'notifying') return waited(telling, before ?? null, state)
  return before ? toldAfter(view, before.state, state) : t.told(state.loop + 1, state.step + 1)
}

function waited({ view, zone }: Telling, before: AlertState | null, state: AlertState): string {
  const t = view.t.record
  if (state.state === 'away') return t.still
  if (state.state !== before?.state) return t.waiting
  // Nothing else makes a tick that leaves the state as it was, but the end of an absence and an offer that nobody took.
  return state.state === 'recovered' && before.state === 'recovered' && before.absent
    ? t.confirm(clockTime(state.until, zone))
    : t.offerLate
}

function toldAfter(
  { t: { record } }: View,
  before: AlertState['state'],
  { loop, step }: Extract<AlertState, { state: 'notifying' }>,
): string {
  if (before === 'away') return record.overdue(step + 1)
  if (before === 'recovered') return record.unconfirmed(step + 1)
  if (before === 'pending') return record.askedNothing(step + 1)
  return before === 'notifying' || before === 'listed'
    ? record.told(loop + 1, step + 1)
    : record.lapsed(step + 1)
}
