import { NO_CONTACTS, type Person, type Tier } from '../../schemas/household.ts'
import { SimulatedGateway } from '../../simulator/gateway.ts'
import type { FormatName } from '../../simulator/formats.ts'
import { NotARecording } from '../../simulator/lines.ts'
import { type Recording, readRecording } from '../../simulator/recording.ts'
import { type ReplayProgress, replay as play } from '../../simulator/replay.ts'
import type { Lang } from '../core/sentence.ts'
import { DAY } from '../core/time.ts'
import type { News } from '../store/news.ts'
import { addDevice, addGateway, addHousehold } from '../store/homes.ts'
import { UsageError, untilStopped } from './context.ts'
import { localTime } from './narrator.ts'
import { openProgress } from './progress.ts'
import { type Sandbox, invite, openSandbox, say } from './sandbox.ts'
import { SERVICES, type Addresses, startServices } from './services.ts'
import { tellStory } from './story.ts'

/** The options of `anbu replay`. */
export type ReplayOptions = {
  readonly speed: number
  readonly format?: FormatName
  readonly timeZone?: string
  readonly exit?: readonly string[]
  readonly firstDay?: string
  readonly tier?: Tier
  readonly lang: Lang
  readonly dataDir: string
}

/** `anbu replay`: publishes a recorded home through MQTT as its gateway would, and tells what Anbu makes of it. */
export async function replay(files: readonly string[], options: ReplayOptions): Promise<void> {
  const stop = untilStopped()
  const recording = await read(files, options)
  await using open = new AsyncDisposableStack()
  const startsAt = () => Promise.resolve(recording.from)
  const house = await openSandbox({ ...options, fresh: true, people: STAFF, startsAt }, open)
  const addresses = await startServices(house, ['console', 'broker'], open)
  const gateway = open.use(await settle(house, recording, options.tier, addresses))
  say(`\nThe console, signed in:\n  ${invite(house, STAFF, addresses)}\n`)
  await startServices(
    house,
    SERVICES.filter((name) => name === 'detector' || name === 'alerts'),
    open,
  )
  house.clock.go()
  const heard = await run({ house, recording, gateway, lang: options.lang }, stop)
  say(summary(recording, heard))
}

async function read(
  [first, ...others]: readonly string[],
  { format, timeZone, exit, firstDay, lang }: ReplayOptions,
): Promise<Recording> {
  if (first === undefined) throw new UsageError('name at least one file; see: anbu replay --help')
  try {
    const recording = await readRecording([first, ...others], {
      format,
      timeZone,
      exits: exit,
      firstDay: firstDay === undefined ? undefined : dayOf(firstDay),
      onBadLine: ({ path, line, reason, text }) => say(`${path}:${line}: ${reason}: ${text}`),
    })
    say(described(recording, lang))
    return recording
  } catch (error) {
    if (error instanceof NotARecording) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

function dayOf(text: string): number {
  const day = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(day))
    throw new UsageError(`--first-day is ${text}: give a date such as 2013-01-07`)
  return day
}

function described(
  { format, household, devices, from, to, count, bad }: Recording,
  lang: Lang,
): string {
  const span = [from, to].map((at) => localTime(at, household.timeZone, lang)).join(' – ')
  const days = Math.ceil((to - from) / DAY)
  const numbers = [count, bad].map((number) => number.toLocaleString(lang))
  return `${household.household} (${format}): ${days} days, ${span} ${household.timeZone}; ${devices.length} devices, ${numbers[0]} readings, ${numbers[1]} lines that could not be read`
}

/** Made-up staff for a home that has none. */
const STAFF: readonly Person[] = (
  [
    ['planner', '김예시'],
    ['duty', '최당직'],
    ['supervisor', '정감독'],
    ['technician', '한수리'],
  ] as const
).map(([role, name]) => ({
  person: role,
  name,
  role,
  office: 'replay',
  ...NO_CONTACTS,
  email: `${role}@example.org`,
}))

const GATEWAY = 'replay'

async function settle(
  { pool, clock }: Sandbox,
  { household: recorded, devices }: Recording,
  tier: Tier | undefined,
  addresses: Addresses,
): Promise<SimulatedGateway> {
  const now = clock.now()
  const { household, timeZone } = recorded
  await addHousehold(
    pool,
    {
      household,
      timeZone,
      tier: tier ?? recorded.tier,
      office: 'replay',
      alias: household,
      dong: '기록',
      planner: 'planner',
    },
    now,
  )
  const secret = await addGateway(pool, { gateway: GATEWAY, household }, now)
  for (const { device, kind, room, role } of devices)
    await addDevice(
      pool,
      { gateway: GATEWAY, uid: device, kind, room, role, silentAfter: UNSUPERVISED },
      now,
    )
  const url = addresses.mqtt ?? ''
  const gateway = new SimulatedGateway({ url, gateway: GATEWAY, secret, now: () => clock.now() })
  await gateway.ready()
  return gateway
}

// A recording holds what sensors saw, not when they were alive: a guest room may be still for weeks.
const UNSUPERVISED = 60 * DAY

type Run = {
  readonly house: Sandbox
  readonly recording: Recording
  readonly gateway: SimulatedGateway
  readonly lang: Lang
}

async function run({ house, recording, gateway, lang }: Run, stop: AbortSignal): Promise<News[]> {
  const { pool, clock } = house
  const over = new AbortController()
  const signal = AbortSignal.any([stop, over.signal])
  const progress = openProgress(recording.household.household)
  const heard: News[] = []
  const told = tellStory(
    { pool, clock, lang, say: progress.note, heard: (news) => void heard.push(news) },
    signal,
  )
  try {
    await play({
      recording,
      gateway,
      clock,
      signal,
      onProgress: (at) => show(at, recording, { progress, lang }),
    })
  } finally {
    progress.end()
    over.abort()
    await told
  }
  return heard
}

function show(
  { at, done, total, rate, left }: ReplayProgress,
  { household }: Recording,
  { progress, lang }: { progress: ReturnType<typeof openProgress>; lang: Lang },
): void {
  const pace = `${Math.round(rate).toLocaleString('en')} readings/s`
  const detail = `${localTime(at, household.timeZone, lang)}, ${pace}`
  progress.show({ done, total, detail, left })
}

function summary(recording: Recording, heard: readonly News[]): string {
  const count = (check: (news: News) => boolean) => heard.filter(check).length
  const signals = count((news) => news.type === 'signal')
  const messages = count((news) => news.type === 'delivery' && news.state === 'accepted')
  return `${recording.count} readings in the recording; ${signals} signals raised, ${messages} messages delivered`
}
