import type { Tally } from '../core/comparison.ts'
import { type Lang, kindWord } from '../core/sentence.ts'
import { HOUR } from '../core/time.ts'
import { bars, strip } from './backtest-pictures.ts'
import type { Answer, Difference } from './backtest-run.ts'
import { KINDS, byWords, isEmergency, missed, ofKind, spanWords } from './backtest-text.ts'
import { WORDS } from './backtest-words.ts'
import { type Markup, markup } from './markup.ts'
import { localTime } from './narrator.ts'

/** What was laid side by side, as it was written, and on which clocks the past is told of. */
export type Sides = {
  readonly was: readonly string[]
  readonly would: readonly string[]
  readonly timeZone: string
}

/** The answer as a page that stands alone: no script, no address outside, pictures in it. */
export function pageOf(answer: Answer, sides: Sides, lang: Lang): string {
  const w = WORDS[lang]
  return markup`<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${w.title}</title><style>${CSS}</style></head><body><main>
<h1>${w.title}</h1>
<p>${answer.homes.toLocaleString(lang)} ${w.homes} · ${spanWords(answer.question, sides.timeZone, lang)}</p>
<p><span class="key s0"></span> ${w.real} &nbsp; <span class="key s1"></span> ${w.was}${listed(sides.was)} &nbsp; <span class="key s2"></span> ${w.would}${listed(sides.would)}</p>
${verdict(answer, lang)}
<h2>${w.told}, ${w.rate}</h2>
${bars(causes(answer, lang), [w.real, w.was, w.would])}
<h2>${w.told}, ${w.monthly}</h2>
${bars(
  answer.months.map(({ month, real, was, would }) => ({ name: month, values: [real, was, would] })),
  [w.real, w.was, w.would],
)}
<h2>${w.change}</h2>
${counts(answer, lang)}
${strip(dots(answer), { hours: w.hours, ...w.kinds })}
${rates(answer, lang)}
${KINDS.filter((kind) => kind !== 'same').map((kind) => table(ofKind(answer, kind), kind, lang))}
<p class="note">${w.quarters}</p>
</main></body></html>
`.text
}

// Colours that the colour-blind tell apart (Okabe and Ito 2008), on white as on a print.
const CSS = `
body{font:16px/1.5 'NanumGothic','Apple SD Gothic Neo','Malgun Gothic',system-ui,sans-serif;color:#1b1b1b;margin:0;background:#fff}
main{max-width:760px;margin:0 auto;padding:24px 20px}
h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.1rem;margin:2em 0 .4em}
svg{width:100%;height:auto}.s0{fill:#999;background:#999}.s1{fill:#0072b2;background:#0072b2}.s2{fill:#e69f00;background:#e69f00}
.grave{fill:#b00020}.rule{stroke:#ddd}.zero{stroke:#555}.key{display:inline-block;width:.8em;height:.8em}
text{font-size:12px;fill:#444}.name,.value{text-anchor:middle}.scale{text-anchor:end}.value{font-size:11px}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.5em 0 1.5em}th,td{text-align:left;padding:4px 8px;border-bottom:1px solid #e5e5e5}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.bad{border-left:4px solid #b00020;padding-left:12px}.good{border-left:4px solid #009e73;padding-left:12px}
.note{color:#555;font-size:.85rem}caption{text-align:left;font-weight:bold;padding:.4em 0}`

function listed(settings: readonly string[]): Markup {
  return settings.length === 0 ? markup`` : markup` (<code>${settings.join(' ')}</code>)`
}

function verdict(answer: Answer, lang: Lang): Markup {
  const w = WORDS[lang]
  const found = missed(answer)
  if (found.length > 0) return markup`<div class="bad"><p>${w.missed}</p>${rows(found, lang)}</div>`
  if (!answer.differences.some(isEmergency)) return markup`<p>${w.noEmergency}</p>`
  return markup`<p class="good">${w.nothingMissed}</p>`
}

const RULES = ['surprise', 'ceiling', 'away', 'alone'] as const

function causes({ was, would, real, homeMonths, differences }: Answer, lang: Lang) {
  const w = WORDS[lang]
  const really = (rule: string) => differences.filter((each) => each.was?.rule === rule).length
  const rated = (values: readonly number[]) => values.map((value) => value / homeMonths)
  return [
    { name: w.told, values: rated([real, was.told, would.told]) },
    ...RULES.map((rule) => ({
      name: w.rules[rule],
      values: rated([really(rule), was.rules[rule], would.rules[rule]]),
    })),
  ]
}

function counts(answer: Answer, lang: Lang): Markup {
  const w = WORDS[lang]
  return markup`<table><tr>${KINDS.map((kind) => markup`<th class="n">${w.kinds[kind]}</th>`)}</tr>
<tr>${KINDS.map((kind) => markup`<td class="n">${ofKind(answer, kind).length}</td>`)}</tr></table>`
}

function dots({ differences }: Answer) {
  return differences.flatMap((each) =>
    each.change.by === null
      ? []
      : [{ hours: each.change.by / HOUR, grave: isEmergency(each), title: each.household }],
  )
}

function rates(answer: Answer, lang: Lang): Markup {
  const w = WORDS[lang]
  const row = (name: string, of: (tally: Tally) => number) =>
    markup`<tr><td>${name}</td>${[answer.was, answer.would].map((tally) => markup`<td class="n">${(of(tally) / answer.homeMonths).toFixed(3)}</td>`)}</tr>`
  const other = [...answer.other].map(
    ([kind, times]) =>
      markup`<tr><td>${kindWord(kind, lang)}</td><td class="n" colspan="2">${(times / answer.homeMonths).toFixed(3)}</td></tr>`,
  )
  return markup`<table><caption>${w.signals}, ${w.rate}</caption>
<tr><th></th><th class="n">${w.was}</th><th class="n">${w.would}</th></tr>
${(['watch', 'caution', 'warning', 'danger'] as const).map((grade) => row(w.grades[grade], ({ grades }) => grades[grade]))}
${other.length > 0 ? markup`<tr><th colspan="3">${w.other}</th></tr>` : markup``}${other}</table>`
}

function table(all: readonly Difference[], kind: (typeof KINDS)[number], lang: Lang): Markup {
  if (all.length === 0) return markup``
  return markup`<h2>${WORDS[lang].kinds[kind]} (${all.length})</h2>${rows(all, lang)}`
}

function rows(all: readonly Difference[], lang: Lang): Markup {
  const w = WORDS[lang]
  return markup`<table><tr><th></th><th>${w.since}</th><th>${w.real}</th><th>${w.would}</th><th>${w.by}</th><th>${w.outcome}</th></tr>
${all.map(({ household, timeZone, was, would, change }) => {
  const at = (instant: number | undefined) =>
    instant === undefined ? w.none : localTime(instant, timeZone, lang)
  return markup`<tr><td>${household}</td><td>${at(was?.since ?? would?.since)}</td><td>${at(was?.due)}</td><td>${at(would?.due)}</td><td>${byWords(change.by, lang)}</td><td>${was?.outcome ? w.outcomes[was.outcome] : ''}</td></tr>`
})}</table>`
}
