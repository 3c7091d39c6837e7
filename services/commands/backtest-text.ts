import type { Millis } from '../../schemas/time.ts'
import type { Tally } from '../core/comparison.ts'
import { type Lang, kindWord } from '../core/sentence.ts'
import { HOUR } from '../core/time.ts'
import type { Answer, Difference, Question } from './backtest-run.ts'
import { WORDS } from './backtest-words.ts'
import { localTime } from './narrator.ts'
import { left, right } from './table.ts'

/** How many differences a table on the terminal shows; all are in the JSON and in the report. */
const SHOWN = 20

/** The kinds of differences, the gravest first. */
export const KINDS = ['lost', 'later', 'new', 'earlier', 'same'] as const

/** From which day to which the past is asked, on these clocks. */
export function spanWords({ from, to }: Question, timeZone: string, lang: Lang): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone }).formatRange(from, to)
}

/** The answer as tables for a terminal, on the clocks of a zone. */
export function textOf(answer: Answer, timeZone: string, lang: Lang): string {
  const w = WORDS[lang]
  return [
    `${answer.homes.toLocaleString(lang)} ${w.homes} · ${spanWords(answer.question, timeZone, lang)}`,
    '',
    ...rates(answer, lang),
    '',
    `${left(w.month, 10)}${[w.real, w.was, w.would].map(cell).join('')}`,
    ...answer.months.map(
      ({ month, real, was, would }) =>
        `${month.padEnd(10)}${[real, was, would].map(cell).join('')}`,
    ),
    '',
    `${w.change}:`,
    ...KINDS.map((kind) => `  ${left(w.kinds[kind], 24)}${cell(ofKind(answer, kind).length)}`),
    '',
    ...emergencies(answer, lang),
    ...differences(answer, lang),
    '',
    w.quarters,
  ].join('\n')
}

function rates(answer: Answer, lang: Lang): string[] {
  const w = WORDS[lang]
  const row = (name: string, of: (tally: Tally) => number) =>
    `  ${left(name, 26)}${[answer.was, answer.would].map((tally) => rate(of(tally), answer)).join('')}`
  return [
    `${''.padEnd(28)}${cell(w.was)}${cell(w.would)}   ${w.rate}`,
    row(w.told, ({ told }) => told),
    ...(['surprise', 'ceiling', 'away', 'alone'] as const).map((rule) =>
      row(`  ${w.rules[rule]}`, ({ rules }) => rules[rule]),
    ),
    ...(['watch', 'caution', 'warning', 'danger'] as const).map((grade) =>
      row(`${w.signals}: ${w.grades[grade]}`, ({ grades }) => grades[grade]),
    ),
    `  ${left(`${w.real}: ${w.told}`, 26)}${rate(answer.real, answer)}`,
    ...[...answer.other].map(
      ([kind, times]) =>
        `  ${left(`${w.real}: ${kindWord(kind, lang)}`, 26)}${rate(times, answer)}`,
    ),
  ]
}

const cell = (value: number | string): string => right(String(value), 12)

function rate(times: number, { homeMonths }: Answer): string {
  return cell((times / homeMonths).toFixed(3))
}

/** The differences of one kind. */
export function ofKind(
  { differences: all }: Answer,
  kind: Difference['change']['kind'],
): Difference[] {
  return all.filter(({ change }) => change.kind === kind)
}

/** Whether a case was what Anbu exists for. */
export function isEmergency({ was }: Difference): boolean {
  return was?.outcome === 'transported' || was?.outcome === 'found-dead'
}

/** Real emergencies that a setting would have cost time. */
export function missed({ differences: all }: Answer): Difference[] {
  return all.filter(
    (each) => isEmergency(each) && (each.change.kind === 'lost' || each.change.kind === 'later'),
  )
}

function emergencies(answer: Answer, lang: Lang): string[] {
  const w = WORDS[lang]
  const found = missed(answer)
  if (found.length > 0) return [`${w.missed}:`, ...found.map((each) => lineOf(each, lang)), '']
  return [answer.differences.some(isEmergency) ? w.nothingMissed : w.noEmergency, '']
}

function differences(answer: Answer, lang: Lang): string[] {
  const w = WORDS[lang]
  return KINDS.filter((kind) => kind !== 'same').flatMap((kind) => {
    const all = ofKind(answer, kind)
    if (all.length === 0) return []
    const more = all.length > SHOWN ? [`  ... ${all.length - SHOWN}`] : []
    return [`${w.kinds[kind]}:`, ...all.slice(0, SHOWN).map((each) => lineOf(each, lang)), ...more]
  })
}

function lineOf(difference: Difference, lang: Lang): string {
  const { household, timeZone, was, would, change } = difference
  const at = (instant: Millis | undefined) =>
    instant === undefined ? '—' : localTime(instant, timeZone, lang)
  const since = at(was?.since ?? would?.since)
  const outcome = was?.outcome ? `  ${WORDS[lang].outcomes[was.outcome]}` : ''
  return `  ${household}  ${since}: ${at(was?.due)} → ${at(would?.due)}${inBrackets(byWords(change.by, lang))}${outcome}`
}

function inBrackets(text: string): string {
  return text === '' ? '' : ` (${text})`
}

/** A difference in hours, with its sign; nothing where there is none. */
export function byWords(by: Millis | null, lang: Lang): string {
  if (by === null) return ''
  const hours = by / HOUR
  return `${hours > 0 ? '+' : ''}${hours.toFixed(1)} ${WORDS[lang].hours}`
}
