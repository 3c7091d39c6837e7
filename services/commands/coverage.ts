import { type Command, InvalidArgumentError } from 'commander'
import { wallClock } from '../clock.ts'
import { type Gap, LOOK_AHEAD } from '../core/coverage.ts'
import { lackWord, matterWord, meantSentence } from '../core/roster-words.ts'
import type { Lang } from '../core/sentence.ts'
import { DAY } from '../core/time.ts'
import { type Uncovered, findUncovered } from '../store/coverage.ts'
import { staffNames } from '../store/staff.ts'
import { example, json, language, positive, print } from './command-line.ts'
import { onDatabase } from './database.ts'
import { mustBeKnown } from './office.ts'
import { shown } from './when.ts'

type Given = { office?: string; days: number; lang: Lang; json?: boolean }

/** `anbu roster coverage`: which household would reach nobody when, and why. */
export function addCoverage(anbu: Command): void {
  anbu
    .command('roster')
    .description('who answers when')
    .command('coverage')
    .description('which household would reach nobody at which hour, and why; ends with 1 if any')
    .option('--office <office>', 'of this one only')
    .option('--days <n>', 'how far ahead, at most 366', ahead, LOOK_AHEAD / DAY)
    .addOption(language())
    .addOption(json())
    .addHelpText(
      'after',
      example('anbu roster coverage --office gasang-gu', 'anbu roster coverage --json'),
    )
    .action(coverage)
}

// Nobody plans turns beyond, and each day costs as much as the first.
function ahead(text: string): number {
  const days = positive(text)
  if (days > 366) throw new InvalidArgumentError('at most 366 days')
  return days
}

async function coverage(of: Given): Promise<void> {
  await onDatabase(async (pool) => {
    await mustBeKnown(pool, of.office)
    const from = wallClock.now()
    const span = { from, until: from + of.days * DAY }
    const [uncovered, names] = [
      await findUncovered(pool, of.office ?? null, span),
      await staffNames(pool),
    ]
    const rows = uncovered.flatMap(({ gaps, ...homes }) =>
      gaps.map((gap) => ({ ...homes, ...gap })),
    )
    const what = (row: UncoveredSpan) => cellsOf(row, names, of.lang)
    // What comes back each night is one line for whoever reads.
    const alike = Map.groupBy(rows, (row) => what(row).join('\n'))
    const listed = of.json ? rows : [...alike.values()].flatMap((each) => each.slice(0, 1))
    print(of, listed, {
      heads: HEADS[of.lang],
      row: (row) => [
        shown(row.since, row.timeZone),
        shown(row.until, row.timeZone),
        again((alike.get(what(row).join('\n'))?.length ?? 1) - 1, of.lang),
        ...what(row),
      ],
      none: NONE[of.lang](of.days),
    })
    if (rows.some(({ lack }) => lack === 'nobody')) process.exitCode = 1
  })
}

type UncoveredSpan = Gap & Pick<Uncovered, 'households'>

function cellsOf(
  { lack, matters, steps, households }: UncoveredSpan,
  names: ReadonlyMap<string, string>,
  lang: Lang,
): string[] {
  const meant = steps.flatMap((step) => step.meant)
  return [
    lackWord(lack, lang),
    matters.map((matter) => matterWord(matter, lang)).join(', '),
    steps.map(({ step }) => step + 1).join(', '),
    meant.map((each) => meantSentence(each, names, lang)).join(' · '),
    some(households, lang),
  ]
}

function again(times: number, lang: Lang): string {
  if (times === 0) return ''
  return lang === 'ko' ? `그리고 ${times}번 더` : `and ${times} times more`
}

const HEADS: Readonly<Record<Lang, readonly string[]>> = {
  ko: ['부터', '까지', '', '결과', '알림', '단계', '사유', '가구'],
  en: ['from', 'until', '', 'what', 'alerts', 'step', 'why', 'households'],
}

const NONE: Readonly<Record<Lang, (days: number) => string>> = {
  ko: (days) => `앞으로 ${days}일 동안 모든 가구의 알림이 어느 시간에나 누군가에게 닿습니다`,
  en: (days) => `every household reaches somebody at every hour of ${days} days`,
}

function some(households: readonly string[], lang: Lang): string {
  const [first, more] = [households.slice(0, 3).join(', '), households.length - 3]
  if (more <= 0) return first
  return lang === 'ko' ? `${first} 외 ${more}` : `${first} and ${more} more`
}
