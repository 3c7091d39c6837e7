import { readFile } from 'node:fs/promises'
import { Tier } from '../../schemas/household.ts'
import { Plan } from '../../schemas/plan.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Reached, type ReplayedHome, replay as live } from '../../simulator/replay.ts'
import { POLICIES } from '../core/inactivity.ts'
import type { Lang } from '../core/sentence.ts'
import { type Trial, settingsOf, tried } from '../core/settings.ts'
import { addChoice } from '../store/policies.ts'
import { addPlan, writeSetting } from '../store/homes.ts'
import {
  type ReplayedSignal,
  type Standing,
  allSignals,
  tallyOf,
  usePlan,
} from '../store/replays.ts'
import { trialOf } from './backtest.ts'
import { say, sayBeside } from './command-line.ts'
import { UsageError, aborted, untilStopped } from './context.ts'
import { localTime } from './narrator.ts'
import { type Progress, openProgress } from './progress.ts'
import { openReplayHouse } from './replay-database.ts'
import { type ReplayHouse, STAFF, pipelineOf, settle } from './replay-house.ts'
import { type Controls, KEYS, listen } from './replay-keys.ts'
import { type Speed, longestAt, paceOf } from './replay-pace.ts'
import { openStory } from './replay-story.ts'
import { type Subject, type SubjectOptions, openSubject } from './replay-subject.ts'
import { invite } from './sandbox.ts'
import { startServices } from './services.ts'

/** The options of `anbu replay`. */
export type ReplayOptions = SubjectOptions & {
  readonly speed: Speed
  readonly budget?: number
  readonly set?: readonly string[]
  readonly plan?: string
  readonly sandbox?: true
  readonly fresh?: true
  readonly until?: 'signal'
  readonly unanswered?: true
  readonly keep?: true
  readonly json?: true
  readonly dataDir: string
}

/** `anbu replay`: lives a recorded home again through MQTT and the very pipeline, and tells what Anbu makes of it. */
export async function replay(files: readonly string[], options: ReplayOptions): Promise<void> {
  const tell = sayBeside(options)
  const stop = new AbortController()
  const ended = untilStopped()
  ended.addEventListener('abort', () => stop.abort(), { once: true })
  // Before an earlier replay gives way to this one.
  const [trials, plan] = [trialsOf(options), await readPlan(options.plan)]
  const subject = await openSubject(files, options)
  await using open = new AsyncDisposableStack()
  const house = await openReplayHouse(
    { ...options, of: nameOf(subject, options), from: subject.from, tell },
    open,
  )
  const addresses = await startServices(house, ['console', 'broker'], open)
  const homes = await settle(house, subject, addresses, open)
  if (plan) await choosePlan(house, plan)
  await choose(house, trials, subject.from)
  await startServices(house, ['detector', 'alerts'], open)
  const words = WORDS[options.lang]
  tell(`\n${words.console}\n  ${invite(house, STAFF, addresses)}\n`)
  const progress = openProgress(subject.label, options.lang)
  using controls = listen({ stop: () => stop.abort(), tell: options.json ? tell : progress.note })
  if (process.stdin.isTTY) tell(`${KEYS[options.lang]}\n`)
  const run: Run = { house, subject, options, controls, stop, progress }
  const reached = await play(run, homes)
  await summarise(run, reached)
  if (options.keep && !ended.aborted) tell(words.stays)
  if (options.keep) await aborted(ended)
}

// The same replay goes on where it stopped; whatever changes what it finds makes it another.
function nameOf({ name }: Subject, options: ReplayOptions): string {
  const { plan, unanswered, budget, set } = options
  return JSON.stringify([name, plan, unanswered, budget, set])
}

type Run = {
  readonly house: ReplayHouse
  readonly subject: Subject
  readonly options: ReplayOptions
  readonly controls: Controls
  readonly stop: AbortController
  readonly progress: Progress
}

async function readPlan(file: string | undefined): Promise<Plan | null> {
  if (file === undefined) return null
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`the plan ${file} cannot be read`, { cause: error })
  })
  const plan = Plan.safeParse(readJson(text, file))
  if (!plan.success) throw new UsageError(`${file} is no plan: ${plan.error.message}`)
  return plan.data
}

function readJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${String(error)}`, { cause: error })
  }
}

async function choosePlan({ pool }: ReplayHouse, plan: Plan): Promise<void> {
  await addPlan(pool, plan)
  await usePlan(pool, plan.plan)
}

/** Reads what is to be tried. Throws `UsageError` when some of it is no setting. */
export function trialsOf({ budget, set = [] }: Pick<ReplayOptions, 'budget' | 'set'>): Trial[] {
  return [...(budget === undefined ? [] : [`budget=${budget}`]), ...set].map(trialOf)
}

/** Has what is tried hold for every tier, as if staff had chosen it there. */
export async function choose(
  { pool }: ReplayHouse,
  trials: readonly Trial[],
  since: Millis,
): Promise<void> {
  if (trials.length === 0) return
  for (const tier of Tier.options)
    for (const [name, value] of settingsOf(tried(POLICIES[tier], tier, trials)))
      await addChoice(pool, { ...ANYWHERE, tier, name, value, since, author: 'supervisor' })
}

const ANYWHERE = { household: null, office: null, until: null, reason: 'replay' } as const

async function play(run: Run, homes: readonly ReplayedHome[]): Promise<Reached> {
  const { house, subject, options, controls, stop, progress } = run
  const story = openStory(run)
  const from = house.clock.now()
  try {
    return await live({
      homes,
      pipeline: pipelineOf({
        house,
        of: nameOf(subject, options),
        answered: !options.unanswered,
        onOutlook: story.look,
      }),
      from: subject.from,
      to: subject.to,
      resumeAt: from,
      longest: longestAt(options.speed),
      pace: paceOf(options.speed, from, controls, stop.signal),
      onStep: story.onStep,
      signal: stop.signal,
    })
  } finally {
    await story.end()
    progress.end()
  }
}

async function summarise({ house, subject, options }: Run, { at }: Reached): Promise<void> {
  const { pool } = house
  const { json, lang } = options
  const isOver = at >= subject.to
  await writeSetting(pool, 'replay', {
    of: nameOf(subject, options),
    at,
    isOver,
  } satisfies Standing)
  const signals = await allSignals(pool)
  const { messages } = await tallyOf(pool)
  if (json) return say(JSON.stringify({ at, isOver, messages, signals }))
  for (const each of signals) say(lineOf(each, lang))
  say(WORDS[lang].sum(signals.length, messages))
  if (!isOver) say(WORDS[lang].stopped(localTime(at, subject.timeZone, lang)))
}

function lineOf(
  { household, timeZone, kind, grade, rule, due }: ReplayedSignal,
  lang: Lang,
): string {
  return `  ${localTime(due, timeZone, lang)}  ${household}  ${kind} ${grade}  ${rule}`
}

const WORDS = {
  ko: {
    console: '로그인된 근무 화면:',
    stays: '근무 화면은 열려 있습니다. Ctrl-C로 끝냅니다.',
    sum: (signals: number, messages: number) => `신호 ${signals}건, 전달된 메시지 ${messages}건`,
    stopped: (at: string) => `${at}에서 멈추었습니다. 같은 명령이 거기서 이어 갑니다.`,
  },
  en: {
    console: 'The console, signed in:',
    stays: 'The console stays open; Ctrl-C ends it.',
    sum: (signals: number, messages: number) =>
      `${signals} signals raised, ${messages} messages delivered`,
    stopped: (at: string) => `Stopped at ${at}; the same command goes on from there.`,
  },
} as const
