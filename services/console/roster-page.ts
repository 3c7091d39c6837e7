import { html } from 'hono/html'
import type { Band } from '../../schemas/plan.ts'
import type { Office, Override, Rotation } from '../../schemas/roster.ts'
import { type Gap, LACKS } from '../core/coverage.ts'
import { lackWord, matterWord, meantSentence } from '../core/roster-words.ts'
import { onShift, shiftsBetween } from '../core/shift.ts'
import { DAY } from '../core/time.ts'
import type { Uncovered } from '../store/coverage.ts'
import type { ListedLeave } from '../store/leave.ts'
import type { Readiness } from '../store/readiness.ts'
import type { Html } from './page.ts'
import { changeForm, deputyForm, leaveForm } from './roster-forms.ts'
import { type Names, nameOf } from './standing.ts'
import { type Cells, table } from './table.ts'
import { type View, moment } from './view.ts'

/** What the page of an office's roster shows. */
export type OfficeRoster = {
  readonly office: Office
  readonly band: Band
  readonly staff: readonly Readiness[]
  readonly names: Names
  /** What staff call its homes. */
  readonly aliases: ReadonlyMap<string, string>
  readonly leaves: readonly ListedLeave[]
  readonly rotations: readonly Rotation[]
  readonly overrides: readonly Override[]
  readonly uncovered: readonly Uncovered[]
}

const TURNS_SHOWN = 7 * DAY
/** Of how many homes that are alike each is named; the others are counted. */
export const HOMES_SHOWN = 3

/** The page of the roster: who is on duty, whom an alert would not reach, leave, turns, and the forms for them. */
export function rosterPage(view: View, roster: OfficeRoster, said: string | null): Html {
  const t = view.t.roster
  return html`<h1>${t.title} <span class="count">${view.person.office}</span></h1>
    ${said && html`<p class="note bad" role="alert">${said}</p>`}
    ${section('now', t.now, onDutyNow(view, roster))}
    ${section('coverage', t.coverage, coverage(view, roster))}
    ${section('leaves', t.leaves, html`${leaves(view, roster)}${leaveForm(view, roster)}`)}
    ${section('turns', t.turns, turns(view, roster))}
    ${roster.rotations.length > 0 && section('changes', t.changes, html`${changes(view, roster)}${changeForm(view, roster)}`)}
    ${section('deputies', t.deputies, deputyForm(view, roster))}`
}

function section(id: string, title: string, body: Html): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section>`
}

function onDutyNow(view: View, { rotations, overrides, names, band }: OfficeRoster): Html {
  const t = view.t.roster
  const staffed = rotations.filter(({ bands }) => bands.includes(band))
  const people = [...new Set(staffed.flatMap((rota) => onShift(rota, overrides, view.now)))]
  const said = people.map((person) => nameOf(names, person)).join(', ')
  if (rotations.length === 0) return html`<p>${t.band[band]}: ${t.noRota}</p>`
  return people.length > 0
    ? html`<p><b>${said}</b> <span class="quiet">${t.band[band]}</span></p>`
    : html`<p class="bad">${t.nobodyNow} <span class="quiet">${t.band[band]}</span></p>`
}

function coverage(view: View, { uncovered, names, aliases, office }: OfficeRoster): Html {
  const t = view.t.roster
  if (uncovered.length === 0) return html`<p class="calm">${t.covered}</p>`
  const all = alike(uncovered)
  const heads = [t.what, t.from, t.until, t.matters, t.why, t.homes]
  const [grave, slight] = [true, false].map((is) =>
    all
      .filter(({ gaps: [first] }) => (first.lack !== 'unproven') === is)
      .map((one) => gapRow(view, one, { names, aliases, office })),
  )
  // That nobody is told must not drown in what was only never tried.
  return html`<p class="quiet">${t.coverageNote}</p>
    ${grave && grave.length > 0 ? table(t.coverage, heads, grave) : html`<p class="calm">${t.reached}</p>`}
    ${
      slight &&
      slight.length > 0 &&
      html`<details>
        <summary>${t.unproven(slight.length)}</summary>
        ${table(t.unproven(slight.length), heads, slight)}
      </details>`
    }`
}

type Alike = Pick<Uncovered, 'households'> & { readonly gaps: readonly [Gap, ...Gap[]] }

// The same lack at several times is one line: the worst first, then the soonest.
function alike(uncovered: readonly Uncovered[]): Alike[] {
  const found = new Map<string, { households: readonly string[]; gaps: [Gap, ...Gap[]] }>()
  for (const { gaps, households } of uncovered)
    for (const gap of gaps) {
      const key = JSON.stringify([gap.lack, gap.matters, gap.steps, households])
      const same = found.get(key)
      if (same) same.gaps.push(gap)
      else found.set(key, { households, gaps: [gap] })
    }
  const rank = ({ gaps: [first] }: Alike) => LACKS.indexOf(first.lack)
  return [...found.values()].toSorted(
    (a, b) => rank(a) - rank(b) || a.gaps[0].since - b.gaps[0].since,
  )
}

function gapRow(
  view: View,
  { gaps: [gap, ...more], households }: Alike,
  { names, aliases, office }: Pick<OfficeRoster, 'names' | 'aliases' | 'office'>,
): Cells {
  const said = gap.steps.flatMap(({ meant }) =>
    meant.map((each) => meantSentence(each, names, view.lang)),
  )
  return [
    html`<span class="${gap.lack === 'nobody' ? 'bad' : ''}"
      >${lackWord(gap.lack, view.lang)}</span
    >`,
    moment(gap.since, view, office.timeZone),
    html`${moment(gap.until, view, office.timeZone)}
    ${more.length > 0 && html`<span class="quiet">${view.t.roster.again(more.length)}</span>`}`,
    gap.matters.map((matter) => matterWord(matter, view.lang)).join(', '),
    html`<ul class="plain-list">
      ${said.map((each) => html`<li>${each}</li>`)}
    </ul>`,
    homesOf(view, households, aliases),
  ]
}

function homesOf(
  view: View,
  households: readonly string[],
  aliases: OfficeRoster['aliases'],
): Html {
  const shown = households.slice(0, HOMES_SHOWN)
  const more = households.length - shown.length
  const word = (home: string) => aliases.get(home) ?? home
  return html`${shown.map((home) => html`<a href="/households/${home}">${word(home)}</a> `)}${
    more > 0 && view.t.roster.more(more)
  }`
}

function leaves(view: View, { leaves: all, names, office }: OfficeRoster): Html {
  const t = view.t.roster
  if (all.length === 0) return html`<p class="quiet">${t.noLeaves}</p>`
  const rows = all.map((one) => [
    one.name,
    moment(one.since, view, office.timeZone),
    moment(one.until, view, office.timeZone),
    one.standsIn === null
      ? html`<span class="bad">${t.nobody}</span>`
      : nameOf(names, one.standsIn),
    one.reason,
    html`<form method="post" action="/roster/leaves/${one.id}/end">
      <button class="plain">${t.end}<span class="unseen-text">, ${one.name}</span></button>
    </form>`,
  ])
  return table(t.leaves, [t.person, t.from, t.until, t.standsIn, t.reason, ''], rows)
}

function turns(view: View, { rotations, overrides, names }: OfficeRoster): Html {
  const t = view.t.roster
  if (rotations.length === 0) return html`<p class="quiet">${t.noRota}</p>`
  const rows = rotations.flatMap((rota) =>
    shiftsBetween(rota, view.now, view.now + TURNS_SHOWN).map((turn) => {
      const present = onShift(rota, overrides, Math.max(view.now, turn.since))
      return [
        rota.rotation,
        moment(turn.since, view, rota.timeZone),
        moment(turn.until, view, rota.timeZone),
        nameOf(names, turn.person),
        present.length > 0
          ? present.map((person) => nameOf(names, person)).join(', ')
          : html`<span class="bad">${t.nobody}</span>`,
      ]
    }),
  )
  return table(t.turns, [t.rota, t.from, t.until, t.turn, t.present], rows)
}

function changes(view: View, { overrides, names, office }: OfficeRoster): Html {
  const t = view.t.roster
  if (overrides.length === 0) return html`<p class="quiet">${t.noChanges}</p>`
  const name = (id: string | null) => (id === null ? t.none : nameOf(names, id))
  const rows = overrides.map((one) => [
    one.rotation,
    moment(one.since, view, office.timeZone),
    moment(one.until, view, office.timeZone),
    name(one.out),
    name(one.in),
    html`<form method="post" action="/roster/changes/${one.id}/remove">
      <button class="plain">${t.takeBack}<span class="unseen-text">, ${one.rotation}</span></button>
    </form>`,
  ])
  return table(t.changes, [t.rota, t.from, t.until, t.out, t.in, ''], rows)
}
