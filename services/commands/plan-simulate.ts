import { type Command, Option } from 'commander'
import { Grade, SignalKind } from '../../schemas/signal.ts'
import { wallClock } from '../clock.ts'
import { bandAt } from '../core/office-hours.ts'
import { rehearse } from '../core/rehearsal.ts'
import { namedIn } from '../core/roster.ts'
import { laddersOf } from '../core/coverage.ts'
import { meantSentence } from '../core/roster-words.ts'
import { type Lang, duration } from '../core/sentence.ts'
import { DAY } from '../core/time.ts'
import { meansHere } from '../store/coverage.ts'
import { findHome } from '../store/days.ts'
import { newestPlan, readHome, readRoster } from '../store/roster.ts'
import { staffNames } from '../store/staff.ts'
import { example, json, language, print } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase } from './database.ts'
import { LOCAL, fromLocal, shown, zoneOf } from './when.ts'

type Given = {
  household: string
  at?: string
  kind: SignalKind
  grade: Grade
  lang: Lang
  json?: boolean
}

/** `anbu plan simulate`: who would be told when. */
export function addPlan(anbu: Command): void {
  anbu
    .command('plan')
    .description('escalation plans')
    .command('simulate')
    .description('who would be told when, of an alert that nobody answers, and why')
    .requiredOption('--household <pseudonym>', 'whose alert it would be')
    .option('--at <when>', `${LOCAL}; now otherwise`)
    .addOption(
      new Option('--kind <kind>', 'what it would be about')
        .choices(SignalKind.options)
        .default('inactivity'),
    )
    .addOption(new Option('--grade <grade>', 'how grave').choices(Grade.options).default('danger'))
    .addOption(language())
    .addOption(json())
    .addHelpText(
      'after',
      example(
        'anbu plan simulate --household h-001 --at 2026-12-27T03:00',
        'anbu plan simulate --household h-001 --grade caution --json',
      ),
    )
    .action(simulate)
}

async function simulate(of: Given): Promise<void> {
  await onDatabase(async (pool) => {
    const found = await findHome(pool, of.household, wallClock.now())
    if (!found) throw new UsageError(`there is no household ${of.household}`)
    const home = await readHome(pool, found.id, wallClock.now())
    const zone = await zoneOf(pool, home.office)
    const at = of.at === undefined ? wallClock.now() : fromLocal(of.at, zone)
    const plan = await newestPlan(pool, home.plan)
    const named = laddersOf(plan).flatMap(([, ladder]) => namedIn(ladder))
    const { channels, asks } = await meansHere(pool)
    const roster = await readRoster(pool, { home, named, channels, until: at + 3 * DAY }, at)
    const names = await staffNames(pool)
    const scenes = rehearse({ ...of, plan, home, roster, asks, quiet: home.quiet }, at)
    const rows = scenes.map((scene) => ({
      ...scene,
      band: bandAt(scene.at, roster.office),
      says:
        scene.act === 'ask'
          ? [WORDS[of.lang].resident(shown(scene.until, zone))]
          : scene.meant.map((each) => meantSentence(each, names, of.lang)),
    }))
    print(of, rows, {
      heads: WORDS[of.lang].heads,
      row: (row) => [
        shown(row.at, zone),
        duration(row.at - at, of.lang),
        WORDS[of.lang].bands[row.band],
        row.act === 'ask' ? '' : String(row.loop + 1),
        row.act === 'ask' ? '' : String(row.step + 1),
        WORDS[of.lang][row.act],
        row.says.join(' · '),
      ],
      none: WORDS[of.lang].none,
    })
  })
}

const KO = {
  heads: ['언제', '경과', '', '회차', '단계', '', '누구에게, 왜'],
  bands: { office: '근무 시간', night: '야간', holiday: '휴일' },
  none: '아무에게도 알리지 않음: 이 등급은 화면에만 보임',
  ask: '안부 확인',
  tell: '알림',
  skip: '건너뜀',
  resident: (until: string) => `대상자에게 먼저 물음, ${until}까지 답이 없으면 직원에게 알림`,
}

const EN: typeof KO = {
  heads: ['when', 'after', '', 'round', 'step', '', 'who, and why'],
  bands: { office: 'office', night: 'night', holiday: 'holiday' },
  none: 'nobody: this grade is only shown on the board',
  ask: 'asked',
  tell: 'told',
  skip: 'passed over',
  resident: (until) => `the resident first; staff if there is no answer by ${until}`,
}

const WORDS: Readonly<Record<Lang, typeof KO>> = { ko: KO, en: EN }
