import type { Absence } from '../../schemas/absence.ts'
import { GRADES, type Grade, type Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Judgement, type QuietHome, judge } from './inactivity.ts'
import { DAY, HOUR, QUARTER } from './time.ts'

/** An absence longer than this must be looked at by a second person. */
const LONG_ABSENCE = 14 * DAY

/** The part of an absence that a decision needs: that which began last before now, or null. */
export type Planned = Pick<Absence, 'cause' | 'since' | 'until' | 'ended' | 'withheld'>

/** A judgement of which nobody is told, but the record. */
export type Considered = Judgement & { readonly withheld: boolean }

/** Whether an absence holds. */
export function isAbsent(
  planned: Pick<Absence, 'since' | 'until' | 'ended'>,
  now: Millis,
): boolean {
  return planned.since <= now && now < endOf(planned)
}

/** When an absence ends or ended. */
export function endOf({ until, ended }: Pick<Absence, 'until' | 'ended'>): Millis {
  return ended === null ? until : Math.min(ended, until)
}

/** Whether an absence is so long that it must be looked at again. */
export function isLong({ since, until }: Pick<Absence, 'since' | 'until'>): boolean {
  return until - since > LONG_ABSENCE
}

/** What moved inside in the last day of an absence: in how many quarter hours, in which first and last. */
export type Stir = { readonly quarters: number; readonly first: Millis; readonly last: Millis }

/** For so long after its begin whoever leaves may still be packing. */
export const PACKING = 6 * HOUR
// Somebody who waters the plants is there for half an hour; who moves for three hours of eight has come back.
const ASKS = 2
const BACK = (3 * HOUR) / QUARTER
const STAYS = 8 * HOUR

/** What movement inside says of an absence: nothing, that it must be asked about, or that the person is back. */
export function stirred(
  { cause }: Pick<Absence, 'cause'>,
  { quarters, first, last }: Stir,
): 'none' | 'asks' | 'back' {
  // Whoever withdrew consent, or was muted, may well be at home.
  if (cause === 'consent' || cause === 'muted' || quarters < ASKS) return 'none'
  return quarters >= BACK && last - first >= STAYS ? 'back' : 'asks'
}

/**
 * Judges a home with what was planned for it. While the absence holds, what would be raised is withheld, each grade
 * once. When it ends by itself and the home is still quiet by its own measure, that is asked about at once; from then on
 * its silence counts anew, for the time away was none. When a person ended it, they knew that all was well.
 */
export function consider(home: QuietHome, planned: Planned | null, now: Millis): Considered {
  if (planned === null) return { ...judge(home, now), withheld: false }
  if (isAbsent(planned, now)) return withhold(home, planned, now)
  return { ...afterwards(home, planned, now), withheld: false }
}

function withhold(home: QuietHome, planned: Planned, now: Millis): Considered {
  const judgement = judge({ ...home, raised: higher(home.raised, planned.withheld) }, now)
  const deadline = Math.min(judgement.deadline ?? Infinity, endOf(planned))
  return { ...judgement, deadline, withheld: true }
}

function afterwards(home: QuietHome, planned: Planned, now: Millis): Judgement {
  const end = endOf(planned)
  const anew = judge({ ...home, confirmed: Math.max(home.confirmed, end) }, now)
  if (Math.max(home.lastActivity, home.confirmed) >= end) return anew
  const asks = anew.kind === 'calm' && home.raised === null && planned.ended === null
  if (!asks || judge(home, end).kind === 'calm') return anew
  const next = judge({ ...home, confirmed: end, raised: 'caution' }, now)
  return {
    kind: 'unusual',
    where: next.where,
    deadline: next.deadline,
    grade: 'caution',
    due: end,
    reason: overdue(home, planned, now),
  }
}

function overdue(
  { lastActivity, lastRoom }: QuietHome,
  { cause, since, until }: Planned,
  now: Millis,
): Reason {
  return {
    rule: 'absence',
    cause,
    from: since,
    until,
    since: lastActivity,
    silentFor: now - lastActivity,
    lastRoom,
  }
}

function higher(a: Grade | null, b: Grade | null): Grade | null {
  return GRADES.findLast((grade) => grade === a || grade === b) ?? null
}
