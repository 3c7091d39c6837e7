import { html } from 'hono/html'
import type { Absence } from '../../schemas/absence.ts'
import type { Feedback } from '../../schemas/feedback.ts'
import { AbsenceCause } from '../../schemas/household.ts'
import type { Choice, Setting } from '../../schemas/policy.ts'
import { GRADES } from '../../schemas/signal.ts'
import { endOf, isAbsent, isLong } from '../core/absence.ts'
import { type DoorLimits, type Opening, doorLimits } from '../core/door.ts'
import { tune } from '../core/feedback.ts'
import { type Resolved, resolvePolicy } from '../core/policy.ts'
import { duration, gradeWord } from '../core/sentence.ts'
import { HOUR } from '../core/time.ts'
import type { Home } from '../store/days.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import { type Names, nameOf } from './standing.ts'
import { type View, moment } from './view.ts'

/** What people have planned and chosen for a home. */
export type Watching = {
  readonly absences: readonly Absence[]
  readonly choices: readonly Choice[]
  readonly names: Names
  readonly feedback: Feedback | null
  /** How long its exit door has stood open of late. */
  readonly openings: readonly Opening[]
}

/** What is planned for a home and what is chosen, with the form for an absence. */
export function watchingSections(view: View, home: Home, watching: Watching): Html {
  const t = view.t.watching
  return html`<section aria-labelledby="absences">
      <h2 id="absences">${t.absences}</h2>
      <p class="quiet">${t.absencesNote}</p>
      ${absenceList(view, home, watching)} ${absenceForm(view, home)}
    </section>
    <section aria-labelledby="settings">
      <h2 id="settings">${t.settings}</h2>
      ${settings(view, resolvePolicy(home, watching.choices, view.now), watching)}
      ${doorSettings(view, home, watching)}
    </section>`
}

/** That nothing is raised for a home now, and until when; nothing when it is watched. */
export function absentNote(view: View, home: Home, { absences }: Watching): Html {
  const absence = absences.find((each) => isAbsent(each, view.now))
  if (!absence) return html``
  const t = view.t.watching
  return html`<p class="note" role="status">
    ${icon('away')}<b>${t.cause[absence.cause]}</b>
    ${view.t.time.from(moment(absence.since, view, home.timeZone))},
    ${view.t.time.atLatest(moment(endOf(absence), view, home.timeZone))}
  </p>`
}

function absenceList(view: View, home: Home, { absences, names }: Watching): Html {
  const t = view.t.watching
  if (absences.length === 0) return html`<p class="quiet">${t.none}</p>`
  return html`<ul class="plain-list">
    ${absences.map((absence) => absenceItem(view, home, absence, names))}
  </ul>`
}

function absenceItem(view: View, home: Home, absence: Absence, names: Names): Html {
  const t = view.t.watching
  const at = (when: number) => moment(when, view, home.timeZone)
  const isOpen = absence.ended === null && absence.until > view.now
  return html`<li>
    <b>${t.cause[absence.cause]}</b> <span class="tag">${t[standing(absence, view.now)]}</span>
    <span>${at(absence.since)} – ${at(endOf(absence))}</span>
    <span class="quiet">${t.by(nameOf(names, absence.author), absence.reason)}</span>
    ${isLong(absence) && html`<span class="bad">${t.long}</span>`}
    ${absence.withheld && html`<span class="quiet">${t.withheld(gradeWord(absence.withheld, view.lang))}</span>`}
    ${
      absence.ended !== null &&
      absence.endedBy !== null &&
      html`<span class="quiet"
        >${t.endedBy(nameOf(names, absence.endedBy), at(absence.ended))}</span
      >`
    }
    ${
      isOpen &&
      html`<form
        method="post"
        action="/households/${home.household}/absences/${absence.id}/end"
        data-once
      >
        <button class="soft" aria-label="${t.end}, ${t.cause[absence.cause]}">${t.end}</button>
      </form>`
    }
  </li>`
}

function standing(absence: Absence, now: number): 'now' | 'planned' | 'over' {
  if (isAbsent(absence, now)) return 'now'
  return absence.since > now ? 'planned' : 'over'
}

function absenceForm(view: View, home: Home): Html {
  const t = view.t.watching
  return html`<details>
    <summary>${t.add}</summary>
    <form method="post" action="/households/${home.household}/absences" class="stack" data-once>
      <fieldset>
        <legend>${t.which}</legend>
        <div class="choices">
          ${AbsenceCause.options.map(
            (cause) =>
              html`<label
                ><input type="radio" name="cause" value="${cause}" required /><span
                  >${t.cause[cause]}</span
                ></label
              >`,
          )}
        </div>
      </fieldset>
      <label for="absence-until">${t.until}</label>
      <input id="absence-until" name="until" type="datetime-local" required />
      <label for="absence-reason">${t.reason} <span class="quiet">${t.reasonHelp}</span></label>
      <input id="absence-reason" name="reason" required maxlength="500" autocomplete="off" />
      <button class="do">${t.save}</button>
    </form>
  </details>`
}

function settings(view: View, { policy, from }: Resolved, { names, feedback }: Watching): Html {
  const t = view.t.watching
  const line = (name: Setting, label: string, value: string) =>
    html`<li>
      ${label} <b>${value}</b> <span class="quiet">${source(view, from[name], names)}</span>
    </li>`
  return html`<ul class="plain-list">
    ${GRADES.map((grade) =>
      line(
        `budget-${grade}`,
        t.budget(gradeWord(grade, view.lang)),
        t.times(round(tune(policy, feedback).budgets[grade])),
      ),
    )}
    ${line('ceiling', t.ceiling, t.hours(policy.ceiling / HOUR))}
    ${line('floor', t.floor, t.hours(policy.floor / HOUR))}
    ${feedback && html`<li>${lessons(view, feedback)}</li>`}
  </ul>`
}

function doorSettings(view: View, home: Home, { choices, names, openings }: Watching): Html {
  if (home.exitSeenBy !== 'contact') return html``
  const t = view.t.watching
  const { from } = resolvePolicy(home, choices, view.now)
  const limits = doorLimits(openings, from, home.timeZone, view.now)
  const line = (label: string, part: keyof DoorLimits) => {
    const choice = from[`door-${part}`]
    const why = choice === null ? t.learnt : source(view, choice, names)
    return html`<li>
      ${label} <b>${duration(limits[part], view.lang)}</b> <span class="quiet">${why}</span>
    </li>`
  }
  return html`<ul class="plain-list">
    ${line(t.doorDay, 'day')}${line(t.doorNight, 'night')}
  </ul>`
}

// What outcomes have moved stands beside what they are: nothing moves unseen.
function lessons(view: View, feedback: Feedback): string {
  const { budget, absences } = feedback
  const t = view.t.watching
  const longest = absences[0]?.[1]
  const known = longest === undefined ? '' : ` ${t.knownAbsence(duration(longest, view.lang))}`
  return `${t.lessons(feedback)} ${t.moved(budget)}${known}`
}

function round(budget: number): number {
  return Math.round(budget * 1000) / 1000
}

function source(view: View, choice: Choice | null, names: Names): string {
  const t = view.t.watching
  if (choice === null) return t.standard
  const who = t.by(nameOf(names, choice.author), choice.reason)
  return t.chosen(t.scope[scopeOf(choice)], who)
}

function scopeOf({ household, office, tier }: Choice): 'home' | 'office' | 'tier' | 'all' {
  if (household !== null) return 'home'
  if (office !== null) return 'office'
  return tier === null ? 'all' : 'tier'
}
