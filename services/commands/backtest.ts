import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { DAY, HOUR, QUARTER } from '../core/time.ts'
import type { Lang } from '../core/sentence.ts'
import { type Trial, readTrial } from '../core/settings.ts'
import { pageOf } from './backtest-page.ts'
import { type Answer, type Question, ask } from './backtest-run.ts'
import { textOf } from './backtest-text.ts'
import { checkWritable, example, language, say } from './command-line.ts'
import { UsageError, readEnvironment } from './context.ts'
import { onDatabase } from './database.ts'
import { openProgress } from './progress.ts'
import { instantAt } from './replay-subject.ts'
import { wallClock } from '../clock.ts'

/** Adds `anbu backtest`. */
export function addBacktest(anbu: Command): void {
  anbu
    .command('backtest')
    .description("what other settings would have raised in the past, from the store's own history")
    .option('--households <home...>', 'only these homes; else all of them')
    .option('--office <office>', 'only the homes of this office')
    .option('--last <span>', 'how far back, such as 90d or 12h', '90d')
    .option('--to <date>', 'up to this day instead of now, on the clocks of ANBU_TIME_ZONE')
    .option('--set <setting...>', 'what to try: budget=0.1, tier.high.ceiling=18h, floor=90m')
    .option('--against <setting...>', 'what to lay beside it; else what holds today')
    .option('--html <file>', 'writes a report with pictures, in one file')
    .option('--json', 'the answer as one JSON object')
    .addOption(language())
    .addHelpText(
      'after',
      example(
        'anbu backtest --set budget=0.1',
        'anbu backtest --office gasang-gu --last 30d --set tier.high.ceiling=18h --html report.html',
        'anbu backtest --households h-001 h-002 --against budget=0.3 --set budget=0.1 --json',
      ),
    )
    .action(backtest)
}

type BacktestOptions = {
  readonly households?: readonly string[]
  readonly office?: string
  readonly last: string
  readonly to?: string
  readonly set?: readonly string[]
  readonly against?: readonly string[]
  readonly html?: string
  readonly json?: true
  readonly lang: Lang
}

async function backtest(options: BacktestOptions): Promise<void> {
  const { ANBU_TIME_ZONE: timeZone } = readEnvironment(process.env)
  const question = questionOf(options, timeZone)
  if (options.html !== undefined) await checkWritable(options.html)
  const progress = openProgress('backtest', options.lang)
  const begun = performance.now()
  const detail = (done: number) =>
    `${done.toLocaleString('en')} homes, ${((done * 1000) / (performance.now() - begun)).toFixed(1)} a second`
  const answer = await onDatabase((pool) =>
    ask(pool, question, (done, total) => progress.show({ done, total, detail: detail(done) })),
  )
  progress.end()
  if (answer.homes === 0) throw new UsageError('there is no such home: nothing to ask')
  const { html, json, lang } = options
  if (html !== undefined)
    await writeFile(html, pageOf(answer, { ...settings(options), timeZone }, lang))
  if (json) say(jsonOf(answer, options))
  else say(textOf(answer, timeZone, lang))
  if (html !== undefined && !json) say(html)
}

function questionOf(
  { households, office, last, to: until, set, against }: BacktestOptions,
  timeZone: string,
): Question {
  // The quarter hour that is not over is not asked about.
  const now = Math.floor(wallClock.now() / QUARTER) * QUARTER
  const to = instantAt(until, timeZone) ?? now
  return {
    households: households ?? null,
    office: office ?? null,
    from: to - spanOf(last),
    to,
    was: (against ?? []).map(trialOf),
    would: (set ?? []).map(trialOf),
  }
}

function spanOf(text: string): number {
  const [, number, unit] = /^(\d+)([dh])$/.exec(text) ?? []
  if (!Number(number)) throw new UsageError(`--last is ${text}: write 90d or 12h`)
  return Number(number) * (unit === 'd' ? DAY : HOUR)
}

/** Reads a setting to try. Throws `UsageError` when it is none. */
export function trialOf(text: string): Trial {
  const trial = readTrial(text)
  if ('wrong' in trial) throw new UsageError(trial.wrong)
  return trial
}

type Settings = { readonly was: readonly string[]; readonly would: readonly string[] }

function settings({ set = [], against = [] }: BacktestOptions): Settings {
  return { was: against, would: set }
}

function jsonOf(answer: Answer, options: BacktestOptions): string {
  const { from, to } = answer.question
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const { homes, homeMonths, real, was, would, months, differences } = answer
  const other = Object.fromEntries(answer.other)
  const body = { homes, homeMonths, real, was, would, months, other, differences }
  return JSON.stringify({ ...span, settings: settings(options), ...body })
}
