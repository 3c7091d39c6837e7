import type { AlertState } from '../../schemas/alert.ts'
import { html } from 'hono/html'
import type { Seen } from '../../schemas/seen.ts'
import { visitorOf } from '../core/visitor.ts'
import { type Night, nightOf } from '../core/night.ts'
import { seenAs } from '../core/seen.ts'
import { seenWord, whySentence } from '../core/seen-words.ts'
import { duration, gradeWord, kindWord } from '../core/sentence.ts'
import { DAY } from '../core/time.ts'
import type { HomeDevice, HomeGateway } from '../store/cases.ts'
import type { Days, Home, PastAlert } from '../store/days.ts'
import type { Resident } from '../store/residents.ts'
import { type Calendar, calendar } from './calendar.ts'
import { deviceList, gatewayList } from './devices.ts'
import { type DayLine, dayLines, usualDay } from './daylines.ts'
import { icon } from './icons.ts'
import type { Html } from './page.ts'
import { ROW, picture } from './picture.ts'
import { badge, dongOf } from './standing.ts'
import { type Watching, absentNote, watchingSections } from './watching.ts'
import { type View, ago, clockTime, moment, shortDate } from './view.ts'

/** How many days the picture shows. */
export const DAYS = 28

/** Who lives there: not asked for, shown once, or why it cannot be shown. */
export type Name = 'hidden' | 'unopened' | Resident

/** All that the page of one home shows. */
export type HomeFile = {
  readonly home: Home
  readonly days: Days
  readonly devices: readonly HomeDevice[]
  readonly gateways: readonly HomeGateway[]
  readonly alerts: readonly PastAlert[]
  readonly name: Name
  readonly watching: Watching
  /** What the last act came to, when it came to something else than was meant. */
  readonly said: string | null
}

/** The page of one home. */
export function householdPage(view: View, file: HomeFile): Html {
  const { home } = file
  const { t } = view
  const days = calendar(DAYS, home.timeZone, view.now)
  const lines = dayLines(days, file.days, view.now)
  return html`<header class="case-head">
      <h1>
        ${home.alias}
        <span class="quiet">${[dongOf(home), t.tier[home.tier]].filter(Boolean).join(' · ')}</span>
      </h1>
      ${file.said && html`<p class="note" role="alert">${file.said}</p>`}
      ${absentNote(view, home, file.watching)} ${whereabouts(view, file)} ${resident(view, file)}
    </header>
    <section aria-labelledby="picture">
      <h2 id="picture">${t.home.picture}</h2>
      <p class="quiet">${t.home.pictureHelp}</p>
      ${actogram(view, file, days, lines)} ${rhythm(view, file, lines)}
    </section>
    <div class="columns">
      <section aria-labelledby="devices">
        <h2 id="devices">${t.home.devices}</h2>
        ${gatewayList(view, file.gateways, home.timeZone)}${deviceList(view, file.devices, home.timeZone)}
      </section>
      <section aria-labelledby="alerts">
        <h2 id="alerts">${t.home.alerts}</h2>
        ${past(view, file)}
      </section>
      ${watchingSections(view, home, file.watching)}
    </div>`
}

function whereabouts(view: View, file: HomeFile): Html {
  const { t } = view
  const { home } = file
  const at = (when: number) => moment(when, view, home.timeZone)
  const { as, since: from, why } = seen(view, file)
  return html`<p class="stands">
      ${icon(as)}
      <b>${seenWord(as, view.lang)}</b>
      ${t.time.from(at(from))}${home.until !== null && html`, ${t.time.atLatest(at(home.until))}`}
    </p>
    <p>${whySentence(why, view.lang)}</p>
    <p class="quiet">
      ${t.board.lastSign(ago(home.lastActivity, view))} ·
      ${t.home.watchedSince(at(home.watchedSince))}${home.deadline !== null && html` · ${t.home.nextLook(at(home.deadline))}`}
      · ${t.home.planner}: ${home.planner ?? t.home.unassigned}
    </p>`
}

function seen({ now }: View, { home, days, watching }: HomeFile): Seen {
  const where = { presence: home.presence, since: home.since }
  const night = home.rhythm && nightOf(home.rhythm)
  // Who passes the entrance has not used the door.
  const isPassed = home.exitSeenBy === 'motion'
  const quarters = isPassed ? days.quarters.map((each) => ({ ...each, exits: 0 })) : days.quarters
  const visitor = visitorOf(quarters, watching.feedback?.visitors ?? 0, now)
  return seenAs({ ...home, where, night, visitor }, now)
}

function resident(view: View, { home, name }: HomeFile): Html {
  const t = view.t.home
  if (!home.named) return html`<p class="quiet">${t.resident}: ${t.unnamed}</p>`
  if (name === 'unopened') return html`<p class="note grave" role="alert">${t.unopened}</p>`
  if (name === 'hidden')
    return html`<form
      method="post"
      action="/households/${home.household}/name"
      class="look"
      data-once
    >
      <button class="soft" aria-describedby="look-note">${t.show}</button>
      <span class="quiet" id="look-note">${t.showNote}</span>
    </form>`
  return html`<dl class="resident">
      <dt>${t.resident}</dt>
      <dd>${name.name}</dd>
      ${
        name.phone &&
        html`<dt>${t.phone}</dt>
          <dd><a href="tel:${name.phone.replaceAll(/[^+0-9]/g, '')}">${name.phone}</a></dd>`
      }
      ${
        name.address &&
        html`<dt>${t.address}</dt>
          <dd>${name.address}</dd>`
      }
    </dl>
    <p class="quiet" role="status">${t.shown}</p>`
}

function actogram(view: View, file: HomeFile, days: Calendar, lines: readonly DayLine[]): Html {
  const { timeZone } = file.home
  const { t } = view
  const signalWords = (signal: Days['signals'][number]) =>
    `${signal.kind === 'inactivity' ? gradeWord(signal.grade, view.lang) : kindWord(signal.kind, view.lang)} ${moment(signal.at, view, timeZone)}`
  return html`<div class="actogram">
      <ol class="dates" aria-hidden="true">
        ${days.days.map((day) => html`<li>${rowDate(view, day)}</li>`)}
      </ol>
      <div class="plot">
        ${picture({
          calendar: days,
          days: file.days,
          zone: timeZone,
          title: t.home.picture,
          summary: summary(view, lines),
          signalWords,
          now: view.now,
        })}
        <ol class="hours" aria-hidden="true">
          <li>00</li>
          <li>06</li>
          <li>12</li>
          <li>18</li>
          <li>24</li>
        </ol>
      </div>
    </div>
    ${legend(view)}
    <details>
      <summary>${t.home.table}</summary>
      ${table(view, lines, timeZone)}
    </details>`
}

// A local day is only a number here: UTC puts it back into words.
function rowDate(view: View, day: number): string {
  return shortDate(day * DAY, view.lang, 'UTC')
}

function summary(view: View, lines: readonly DayLine[]): string {
  const sum = (of: (line: DayLine) => number) => lines.reduce((all, line) => all + of(line), 0)
  const unseen = sum((line) => line.unseen)
  return view.t.home.summary(
    lines.length,
    Math.round(sum((line) => line.active) / lines.length),
    duration(unseen, view.lang),
    sum((line) => line.signals),
  )
}

function sample(inside: Html): Html {
  return html`<svg class="sample" aria-hidden="true" width="22" height="${ROW}">${inside}</svg>`
}

function legend(view: View): Html {
  const t = view.t.home.legend
  return html`<ul class="legend">
    <li>
      ${sample(html`<path class="bar level-1" d="M2 10h5v4h-5z" /><path class="bar level-3" d="M8 6h5v8h-5z" /><path class="bar level-4" d="M14 2h5v12h-5z" />`)}${t.activity}
    </li>
    <li>${sample(html`<rect class="exit" x="6" y="11" width="10" height="3" />`)}${t.exit}</li>
    <li>
      ${sample(html`<rect class="unseen-time" x="1" y="1" width="20" height="16" fill="url(#hatch)" />`)}${t.unseen}
    </li>
    <li>
      <span class="marks danger">${icon('danger')}</span
      ><span class="marks warning">${icon('warning')}</span>${t.signal}
    </li>
  </ul>`
}

function rhythm(view: View, { home }: HomeFile, lines: readonly DayLine[]): Html {
  const t = view.t.home
  const usual = usualDay(lines)
  if (!usual) return html`<p>${t.tooFew}</p>`
  // Where somebody moves at all hours, first and last movement say nothing: then what is learnt of the night does.
  if (usual.restless) return usualNight(view, home.rhythm && nightOf(home.rhythm))
  return html`<p>
    <b>${t.usual(usual.first, usual.last)}</b> <span class="quiet">${t.usualNote}</span>
  </p>`
}

function usualNight({ t }: View, quiet: Night | null): Html {
  if (!quiet) return html`<p>${t.home.restless}</p>`
  const said = t.home.night(hour(quiet.from), hour(quiet.from + quiet.length))
  return html`<p><b>${said}</b> <span class="quiet">${t.home.nightNote}</span></p>`
}

// A time of day is only a number here: UTC puts it back into words.
function hour(at: number): string {
  return clockTime(at % DAY, 'UTC')
}

function table(view: View, lines: readonly DayLine[], zone: string): Html {
  const t = view.t.home.columns
  const time = (at: number | null) => (at === null ? '–' : clockTime(at, zone))
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${view.t.home.picture}">
    <table>
      <thead>
        <tr>
          ${[t.day, t.first, t.last, t.active, t.unseen, t.signals].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${lines.toReversed().map(
          (line) =>
            html`<tr>
              <th scope="row">${rowDate(view, line.day)}</th>
              <td>${time(line.first)}</td>
              <td>${time(line.last)}</td>
              <td>${line.active}</td>
              <td>${line.unseen > 0 ? duration(line.unseen, view.lang) : '–'}</td>
              <td>${line.signals || '–'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function endOf({ t }: View, state: AlertState): string {
  if (state.state === 'resolved') return t.outcome[state.outcome]
  return state.state === 'cancelled' ? t.home.cancelled : t.home.open
}

function past(view: View, { alerts, home }: HomeFile): Html {
  const { t } = view
  if (alerts.length === 0) return html`<p class="quiet">${t.home.noAlerts}</p>`
  return html`<ul class="plain-list">
    ${alerts.map(
      (alert) =>
        html`<li>
          ${badge(view, alert.kind, alert.grade)}
          <a href="/alerts/${alert.id}">${moment(alert.opened, view, home.timeZone)}</a>
          <span>${endOf(view, alert.state)}</span>
        </li>`,
    )}
  </ul>`
}
