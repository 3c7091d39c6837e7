import type { Command } from 'commander'
import type pg from 'pg'
import type { Channel } from '../../schemas/channel.ts'
import { wallClock } from '../clock.ts'
import { LOOK_AHEAD } from '../core/coverage.ts'
import { faultSentence, faults, reasonsForSilence } from '../core/lateness.ts'
import { LEARNT_BY, progressOf } from '../core/learning.ts'
import { type Lang, duration } from '../core/sentence.ts'
import { HOUR } from '../core/time.ts'
import { findUncovered, meansHere } from '../store/coverage.ts'
import { readLateness } from '../store/lateness.ts'
import { type Relearning, readRelearning } from '../store/relearning.ts'
import { unwatchedHomes } from '../store/unwatched-homes.ts'
import { example, json, language, print } from './command-line.ts'
import { readEnvironment } from './context.ts'
import { onDatabase } from './database.ts'

type Given = { lang: Lang; json?: boolean }

/** Something that was looked at: `bad` must be mended now, `worth knowing` need not. */
type Finding = {
  readonly what: string
  readonly is: 'bad' | 'worth knowing'
  readonly says: string
}

/** `anbu doctor`: what is late or missing, in sentences, with what to do. */
export function addDoctor(anbu: Command): void {
  anbu
    .command('doctor')
    .description('what is late or missing, and what to do; ends with 1 if anything is bad')
    .addOption(language())
    .addOption(json())
    .addHelpText('after', example('anbu doctor', 'anbu doctor --json'))
    .action(examine)
}

async function examine(of: Given): Promise<void> {
  const found = await onDatabase(async (pool) => [
    ...(await lateThings(pool, of.lang)),
    ...setUp(of.lang),
    ...(await channelsHere(pool, of.lang)),
    ...(await people(pool, of.lang)),
    ...(await learning(pool, of.lang)),
  ])
  const good = of.lang === 'ko' ? '모두 제때 하고 있습니다.' : 'Everything is done in time.'
  print(of, found, {
    heads: ['', ''],
    row: ({ is, says }) => [is === 'bad' ? '!' : '-', says],
    none: good,
  })
  if (found.some(({ is }) => is === 'bad')) process.exitCode = 1
}

async function lateThings(pool: pg.Pool, lang: Lang): Promise<Finding[]> {
  const found = await readLateness(pool, wallClock)
  const now = wallClock.now()
  const late = faults(found, 1, now)
  const known = new Set(late.map(({ what }) => what))
  // What never spoke is no service that is late: it was never started.
  const never = reasonsForSilence(found, now).filter(
    ({ what }) => !known.has(what) && found?.pulses.has(what) === false && !(what in found.overdue),
  )
  return [
    ...late.map((fault) => ({
      what: fault.what,
      is: 'bad' as const,
      says: faultSentence(fault, lang),
    })),
    ...never.map(({ what }) => ({ what, is: 'bad' as const, says: NEVER[lang](what) })),
  ]
}

const NEVER: Readonly<Record<Lang, (what: string) => string>> = {
  ko: (what) => `${what}: 한 번도 돈 적이 없습니다. anbu start로 모든 서비스를 켜십시오.`,
  en: (what) => `${what} has never run here. Start every service: anbu start.`,
}

function setUp(lang: Lang): Finding[] {
  if (readEnvironment(process.env).ANBU_HEARTBEAT_URL) return []
  return [{ what: 'heartbeat', is: 'worth knowing', says: NOBODY_OUTSIDE[lang] }]
}

const NOBODY_OUTSIDE: Readonly<Record<Lang, string>> = {
  ko: '이 기계가 멈추어도 밖에서 아는 곳이 없습니다. ANBU_HEARTBEAT_URL을 정하십시오.',
  en: 'Nobody outside would notice if this machine stopped. Set ANBU_HEARTBEAT_URL.',
}

// To these nobody need subscribe first, and staff have their addresses already.
const ORDINARY: readonly Channel[] = ['alimtalk', 'sms', 'email']

async function channelsHere(pool: pg.Pool, lang: Lang): Promise<Finding[]> {
  const { channels } = await meansHere(pool)
  if (ORDINARY.some((channel) => channels.includes(channel))) return []
  return [{ what: 'channels', is: 'worth knowing', says: NO_CHANNEL[lang] }]
}

const NO_CHANNEL: Readonly<Record<Lang, string>> = {
  ko: '이메일도 문자도 알림톡도 나가지 않습니다. 이메일이면 .env에 ANBU_SMTP_URL을 적고 다시 켜십시오. 나머지는 docs/channels.md에 있습니다.',
  en: 'Neither e-mail nor text messages nor AlimTalk can leave. For e-mail set ANBU_SMTP_URL in .env and start again; for the others see docs/channels.md.',
}

async function people(pool: pg.Pool, lang: Lang): Promise<Finding[]> {
  const now = wallClock.now()
  const span = { from: now, until: now + LOOK_AHEAD }
  const dark = (await findUncovered(pool, null, span)).filter(({ gaps }) =>
    gaps.some(({ lack }) => lack === 'nobody'),
  )
  const homes = dark.reduce((sum, { households }) => sum + households.length, 0)
  const { length: unwatched } = await unwatchedHomes(pool, { office: null }, now)
  return [
    ...(homes > 0 ? [{ what: 'coverage', is: 'bad' as const, says: UNCOVERED[lang](homes) }] : []),
    ...(unwatched > 0
      ? [{ what: 'unwatched', is: 'worth knowing' as const, says: UNWATCHED[lang](unwatched) }]
      : []),
  ]
}

const UNCOVERED: Readonly<Record<Lang, (homes: number) => string>> = {
  ko: (homes) =>
    `앞으로 14일 안에 ${homes}가구의 알림을 받을 사람이 없는 시간이 있습니다. anbu roster coverage가 언제, 왜인지 말합니다.`,
  en: (homes) =>
    `Within 14 days there are hours at which an alert of ${homes === 1 ? 'one home' : `${homes} homes`} would reach nobody. See when and why: anbu roster coverage.`,
}

const UNWATCHED: Readonly<Record<Lang, (homes: number) => string>> = {
  ko: (homes) =>
    `지금 지켜보지 못하는 까닭이 ${homes}건 있습니다. anbu unwatched가 하나씩 말합니다.`,
  en: (homes) =>
    homes === 1
      ? 'There is a reason why a home is not watched now. See it: anbu unwatched.'
      : `There are ${homes} reasons why a home is not watched now. See each: anbu unwatched.`,
}

async function learning(pool: pg.Pool, lang: Lang): Promise<Finding[]> {
  const { unreadable, hasNewer, relearning } = await readRelearning(pool, LEARNT_BY)
  const about = { what: 'rhythms', is: 'worth knowing' } as const
  return [
    ...(relearning ? [{ ...about, says: relearns(relearning, lang) }] : []),
    ...(unreadable > 0 ? [{ ...about, says: UNREADABLE[lang](unreadable) }] : []),
    ...(hasNewer ? [{ ...about, says: NEWER[lang] }] : []),
  ]
}

function relearns(relearning: Relearning, lang: Lang): string {
  const { percent, left } = progressOf(relearning, wallClock.now())
  // In whole hours: it is a guess.
  const about = left === null ? null : duration(Math.max(1, Math.round(left / HOUR)) * HOUR, lang)
  return RELEARNS[lang](relearning.homes, percent, about)
}

type SaysHowFar = (homes: number, percent: number, left: string | null) => string

const RELEARNS: Readonly<Record<Lang, SaysHowFar>> = {
  ko: (homes, percent, left) =>
    `새 버전에 맞추어 ${homes}가구의 생활 리듬을 다시 배우는 중입니다: ${percent} %${left === null ? '' : `, 약 ${left} 남음`}. 그동안은 전에 배운 리듬으로 판단합니다.`,
  en: (homes, percent, left) =>
    `The rhythms of ${homes === 1 ? 'one home' : `${homes} homes`} are being learnt anew for this version: ${percent} %${left === null ? '' : `, about ${left} left`}. Until then they are judged by what was learnt before.`,
}

const UNREADABLE: Readonly<Record<Lang, (homes: number) => string>> = {
  ko: (homes) =>
    `생활 리듬을 읽을 수 없는 가구가 ${homes}곳 있습니다. 다시 배울 때까지 새 가구처럼 판단하며, 가장 먼저 다시 배웁니다.`,
  en: (homes) =>
    `The rhythm of ${homes === 1 ? 'one home' : `${homes} homes`} cannot be read. It is learnt anew first; until then it is judged as that of a new home.`,
}

const NEWER: Readonly<Record<Lang, string>> = {
  ko: '더 새 버전이 배운 생활 리듬이 있습니다. 이 버전만 돌아가는 동안 그 가구는 새로 배우지 못합니다. 새 버전을 다시 켜거나 docs/watching.md의 After an upgrade를 보십시오.',
  en: 'A newer version has learnt some rhythms. While only this one runs, those homes learn no day more. Start the newer one again, or see After an upgrade in docs/watching.md.',
}
