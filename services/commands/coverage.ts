import type { Command } from 'commander'
import { wallClock } from '../clock.ts'
import { LOOK_AHEAD } from '../core/coverage.ts'
import { lackWord, matterWord, meantSentence } from '../core/roster-words.ts'
import type { Lang } from '../core/sentence.ts'
import { DAY } from '../core/time.ts'
import { findUncovered } from '../store/coverage.ts'
import { staffNames } from '../store/staff.ts'
import { example, json, language, positive, print } from './command-line.ts'
import { onDatabase } from './database.ts'
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
    .option('--days <n>', 'how far ahead', positive, LOOK_AHEAD / DAY)
    .addOption(language())
    .addOption(json())
    .addHelpText(
      'after',
      example('anbu roster coverage --office gasang-gu', 'anbu roster coverage --json'),
    )
    .action(coverage)
}

async function coverage(of: Given): Promise<void> {
  await onDatabase(async (pool) => {
    const from = wallClock.now()
    const span = { from, until: from + of.days * DAY }
    const [uncovered, names] = [
      await findUncovered(pool, of.office ?? null, span),
      await staffNames(pool),
    ]
    const rows = uncovered.flatMap(({ gaps, ...homes }) =>
      gaps.map((gap) => ({ ...homes, ...gap })),
    )
    print(of, rows, {
      heads: ['from', 'until', 'what', 'alerts', 'step', 'why', 'households'],
      row: ({ since, until, timeZone, lack, matters, steps, households }) => [
        shown(since, timeZone),
        shown(until, timeZone),
        lackWord(lack, of.lang),
        matters.map((matter) => matterWord(matter, of.lang)).join(', '),
        steps.map(({ step }) => step + 1).join(', '),
        steps
          .flatMap(({ meant }) => meant.map((each) => meantSentence(each, names, of.lang)))
          .join(' · '),
        some(households),
      ],
      none: `every household reaches somebody at every hour of ${of.days} days`,
    })
    if (rows.some(({ lack }) => lack === 'nobody')) process.exitCode = 1
  })
}

function some(households: readonly string[]): string {
  const shownFirst = households.slice(0, 3).join(', ')
  return households.length > 3 ? `${shownFirst} and ${households.length - 3} more` : shownFirst
}
