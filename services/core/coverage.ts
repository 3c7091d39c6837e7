import type { Band, Ladder, Plan, Step, Target } from '../../schemas/plan.ts'
import type { EmptyDesk } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { bandAt, bandChanges } from './office-hours.ts'
import { stepsIn } from './plan.ts'
import { type Home, type Meant, type Roster, contactOf, recipients, whom } from './roster.ts'
import { shiftsBetween } from './shift.ts'
import { DAY } from './time.ts'

/** How far ahead we look whether somebody would be reached. */
export const LOOK_AHEAD = 14 * DAY

/**
 * How bad it is. `nobody`: no step of the ladder reaches anybody; `empty-step`: one does not, and is passed over;
 * `unproven`: all whom a ladder reaches are reached by ways alone that nobody confirmed and on which nothing arrived yet.
 */
export const LACKS = ['nobody', 'empty-step', 'unproven'] as const
export type Lack = (typeof LACKS)[number]

/** A stretch in which an alert of these matters would not reach whom it should, and what became of each target. */
export type Gap = {
  readonly since: Millis
  readonly until: Millis
  readonly lack: Lack
  /** Such as "inactivity danger" or "blind": the matters whose ladder this is. */
  readonly matters: readonly string[]
  /** The steps that reach nobody, counted from 0; of `unproven` those that reach somebody. */
  readonly steps: readonly { readonly step: number; readonly meant: readonly Meant[] }[]
}

/**
 * The gaps of a home between `from` and `until`, in order. Every instant is looked at: between two moments at which a
 * leave, a turn, a change, an assignment or the office's hours begin or end, the answer is the same.
 */
export function coverage(
  home: Home,
  plan: Plan,
  roster: Roster,
  { from, until }: { readonly from: Millis; readonly until: Millis },
): Gap[] {
  const found: Gap[] = []
  const moments = changes(home, roster, from, until)
  for (const [n, since] of moments.entries()) {
    const end = moments[n + 1] ?? until
    for (const gap of gapsAt(home, plan, roster, since)) add(found, { ...gap, since, until: end })
  }
  return found.toSorted(
    (a, b) => a.since - b.since || LACKS.indexOf(a.lack) - LACKS.indexOf(b.lack),
  )
}

// From `from` on, each moment at which anything of the answer may change.
function changes(home: Home, roster: Roster, from: Millis, until: Millis): Millis[] {
  const spans = [...home.assignments, ...roster.leaves, ...roster.overrides]
  const moments = [
    ...spans.flatMap((span) => [span.since, span.until ?? until]),
    ...roster.rotations.flatMap((rota) =>
      shiftsBetween(rota, from, until).map(({ since }) => since),
    ),
    ...bandChanges(from, until, roster.office),
  ].filter((at) => at > from && at < until)
  return [...new Set([from, ...moments])].toSorted((a, b) => a - b)
}

function add(found: Gap[], gap: Gap): void {
  const before = found.findLast((one) => one.until === gap.since && isSame(one, gap))
  if (!before) found.push(gap)
  else found[found.indexOf(before)] = { ...before, until: gap.until }
}

/** Whether all whom a step means are of the office, and none of the home's own. */
export function isOfOffice(targets: readonly Target[]): boolean {
  return targets.every(({ type }) => OF_OFFICE.has(type))
}

const OF_OFFICE: ReadonlySet<Target['type']> = new Set(['duty', 'supervisor', 'role'])

/**
 * The steps of a home's plan that mean its office's desks and roles, and for which nobody is there between `from` and
 * `until`: each with the sort of time in which that is so.
 */
export function emptyDesks(
  home: Home,
  plan: Plan,
  roster: Roster,
  { from, until }: { readonly from: Millis; readonly until: Millis },
): EmptyDesk[] {
  const found = new Map<string, EmptyDesk>()
  for (const now of changes(home, roster, from, until)) {
    const band = bandAt(now, roster.office)
    const steps = ladders(plan, band).flatMap((each) => each.steps)
    for (const step of steps.filter(({ targets }) => isOfOffice(targets)))
      if (recipients(step, home, roster, now).length === 0) {
        const desk = { band, targets: step.targets }
        found.set(JSON.stringify(desk), desk)
      }
  }
  return [...found.values()]
}

function isSame(a: Gap, b: Gap): boolean {
  const what = ({ lack, matters, steps }: Gap) => JSON.stringify([lack, matters, steps])
  return what(a) === what(b)
}

type GapNow = Omit<Gap, 'since' | 'until'>

function gapsAt(home: Home, plan: Plan, roster: Roster, now: Millis): GapNow[] {
  const band = bandAt(now, roster.office)
  return ladders(plan, band).flatMap(({ matters, steps }): GapNow[] => {
    const rungs = steps.map((step, n) => ({ step: n, meant: whom(step, home, roster, now) }))
    const empty = rungs.filter(({ meant }) => !meant.some(isReached(roster)))
    if (empty.length === rungs.length) return [{ lack: 'nobody', matters, steps: empty }]
    const lacking: GapNow[] =
      empty.length > 0 ? [{ lack: 'empty-step', matters, steps: empty }] : []
    const proven = rungs.some(({ meant }) => meant.some(isProven(roster)))
    if (proven) return lacking
    const reached = rungs.filter((rung) => !empty.includes(rung))
    return [...lacking, { lack: 'unproven', matters, steps: reached }]
  })
}

/** Told, and by a way at least that is not known to be dead. */
function isReached(roster: Roster): (meant: Meant) => boolean {
  return (meant) =>
    meant.outcome === 'told' && waysOf(meant, roster).some((contact) => !contact?.dead)
}

function isProven(roster: Roster): (meant: Meant) => boolean {
  return (meant) =>
    meant.outcome === 'told' &&
    waysOf(meant, roster).some((contact) => contact?.proven && !contact.dead)
}

function waysOf({ person: id, channels }: Meant, { people, contacts }: Roster) {
  const person = people.find((one) => one.person === id)
  return person ? channels.map((channel) => contactOf(person, channel, contacts)) : []
}

/** The different ladders of a plan at such a time, with the matters they are for; what tells nobody by intent is none. */
function ladders(plan: Plan, band: Band): { matters: string[]; steps: readonly Step[] }[] {
  const found = new Map<string, { matters: string[]; steps: readonly Step[] }>()
  for (const [matter, ladder] of laddersOf(plan)) {
    const steps = stepsIn(ladder, band)
    if (steps.length === 0) continue
    // Neither waits nor repeats decide who is reached.
    const key = JSON.stringify(steps.map(({ targets, channels }) => [targets, channels]))
    const same = found.get(key)
    if (same) same.matters.push(matter)
    else found.set(key, { matters: [matter], steps })
  }
  return [...found.values()]
}

/** Each ladder of a plan with the matter that it is for: "inactivity danger", "blind" and so on. */
export function laddersOf(plan: Plan): [matter: string, ladder: Ladder][] {
  const { plan: _plan, version: _version, inactivity, ...others } = plan
  const graded = Object.entries(inactivity).map(([grade, ladder]): [string, Ladder] => [
    `inactivity ${grade}`,
    ladder,
  ])
  const known = Object.entries(others).flatMap(([kind, ladder]): [string, Ladder][] =>
    ladder ? [[kind, ladder]] : [],
  )
  return [...graded, ...known]
}
