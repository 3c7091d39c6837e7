import { html } from 'hono/html'
import type { AlertState } from '../../schemas/alert.ts'
import type { Band, Ladder, Step, Target } from '../../schemas/plan.ts'
import { channelWord } from '../core/contact.ts'
import { ladderFor, stepsIn } from '../core/plan.ts'
import { duration } from '../core/sentence.ts'
import type { Case, CaseDelivery } from '../store/cases.ts'
import type { CaseFile } from './case-file.ts'
import type { Html } from './page.ts'
import { type Names, nameOf } from './standing.ts'
import { runWords } from './timeline.ts'
import { type View, moment } from './view.ts'

/** The ladder of an alert: which steps were told, which is on, which comes next, and each message to each person. */
export function ladder(
  view: View,
  {
    alert,
    events,
    deliveries,
    names,
  }: Pick<CaseFile, 'events' | 'deliveries' | 'names'> & {
    readonly alert: Pick<Case, 'plan' | 'kind' | 'grade' | 'state' | 'timeZone'>
  },
): Html {
  const plan = ladderFor(alert.plan, alert.kind, alert.grade)
  const steps = stepsIn(plan, bandOf(events))
  if (steps.length === 0) return html`<p class="quiet">${view.t.alert.ladderNone}</p>`
  return html`<ol class="ladder">
    ${steps.map((step, index) => {
      const sent = deliveries.filter(({ step: at, isNews }) => at === index && !isNews)
      const place = placeOf(alert.state, index, sent.length > 0, steps.length)
      return html`<li class="${place}" ${place === 'current' && html`aria-current="step"`}>
        <p>
          <b>${view.t.alert.step(index + 1)}</b>
          ${step.targets.map((target) => targetName(view, target, names)).join(', ')}
          <span class="place">${placeWords(view, alert, place)}</span>
        </p>
        ${
          sent.length > 0 &&
          html`<ul class="chips">
            ${runsOf(sent).map((run) => chip(view, run, names, alert.timeZone))}
          </ul>`
        }
        ${place !== 'done' && place !== 'untold' && html`<p class="quiet">${waitWords(view, alert.state, plan, { step, isLast: index === steps.length - 1 })}</p>`}
      </li>`
    })}
  </ol>`
}

// The steps of the part of the week in which it was last climbed: by night others are told than by day.
function bandOf(events: CaseFile['events']): Band {
  const last = events.findLast(({ state }) => state.state === 'notifying')
  return last?.state.state === 'notifying' ? last.state.band : 'office'
}

/** Where a step stands; `untold`: the ladder rests, and this step was not reached. */
type Place = 'done' | 'current' | 'next' | 'not-yet' | 'untold'

function placeOf(state: AlertState, index: number, told: boolean, steps: number): Place {
  const current = currentStep(state, steps)
  if (index === current) return 'current'
  if (told) return 'done'
  if (current === null) return 'untold'
  return index === current + 1 ? 'next' : 'not-yet'
}

function currentStep(state: AlertState, steps: number): number | null {
  if (state.state === 'notifying') return state.step
  return state.state === 'exhausted' ? steps - 1 : null
}

function placeWords(view: View, alert: Pick<Case, 'state' | 'timeZone'>, place: Place): string {
  const t = view.t.alert
  switch (place) {
    case 'done':
      return t.done
    case 'current':
      return t.current
    case 'next':
      return 'until' in alert.state
        ? `${t.next} ${moment(alert.state.until, view, alert.timeZone)}`
        : t.next
    case 'not-yet':
      return t.notYet
    case 'untold':
      return t.untold
  }
}

// After the last step comes the first, and in the end the last for ever.
function waitWords(
  { t, lang }: View,
  state: AlertState,
  { again }: Ladder,
  { step, isLast }: { readonly step: Step; readonly isLast: boolean },
): string {
  if (state.state === 'exhausted') return t.alert.toldAgain(duration(again, lang))
  const wait = duration(step.wait, lang)
  return isLast ? t.alert.noAnswerLast(wait) : t.alert.noAnswer(wait)
}

function targetName(view: View, target: Target, names: Names): string {
  if ('role' in target) return view.t.role[target.role]
  if ('person' in target) return nameOf(names, target.person)
  if ('receiver' in target) return nameOf(names, target.receiver)
  return view.t.target[target.type]
}

type Run = { readonly last: CaseDelivery; readonly count: number; readonly first: number }

// A step that nobody answers is told again for ever: once for each person, channel and what became of it.
function runsOf(sent: readonly CaseDelivery[]): Run[] {
  return [...Map.groupBy(sent, whatOf).values()].flatMap((all) => {
    const last = all.at(-1)
    return last ? [{ last, count: all.length, first: all[0]?.planned ?? last.planned }] : []
  })
}

function whatOf({ person, channel, state, error }: CaseDelivery): string {
  return [person, channel, state, state === 'expired' ? null : error].join(' ')
}

function chip(view: View, run: Run, names: Names, zone: string): Html {
  const { t } = view
  const { last: delivery } = run
  return html`<li class="chip ${delivery.state}">
    ${nameOf(names, delivery.person)} · ${channelWord(delivery.channel, view.lang)} ·
    <b>${t.delivery[delivery.state]}</b> ${moment(delivery.done ?? delivery.planned, view, zone)}${
      run.count > 1 && html` <span class="quiet">${runWords(view, run, zone)}</span>`
    }${delivery.state !== 'expired' && delivery.error && html`<span class="quiet">${delivery.error}</span>`}
  </li>`
}
