import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { SimulatedGateway } from '../../simulator/gateway.ts'
import { playLive } from '../../simulator/live.ts'
import { type Neighbourhood, neighbourhood } from '../../simulator/neighbourhood.ts'
import { publishPast } from '../../simulator/past.ts'
import type { Lang } from '../core/sentence.ts'
import { fastClock } from '../clock.ts'
import type { Clock } from '../core/time.ts'
import { storedUntil } from '../store/gateways.ts'
import { addDevice, addGateway, addHousehold, readSetting, writeSetting } from '../store/homes.ts'
import type { News } from '../store/news.ts'
import { saveResident } from '../store/residents.ts'
import { untilStopped } from './context.ts'
import { localTime, narrate } from './narrator.ts'
import { openProgress } from './progress.ts'
import { type Sandbox, invite, openSandbox, say } from './sandbox.ts'
import { type Addresses, startServices } from './services.ts'
import { tellStory } from './story.ts'

/** The options of `anbu demo`. */
export type DemoOptions = {
  readonly speed: number
  readonly fresh?: true
  readonly until?: 'alert'
  readonly lang: Lang
  readonly dataDir: string
}

/** A Monday; every demo tells the same four weeks and the same afternoon. */
const FIRST_DAY = Date.parse('2026-10-05T00:00:00+09:00')
const SEED = 20_261_005
const ZONE = 'Asia/Seoul'

/** Where a demo stands: kept so that the next one goes on from there. */
const Standing = z.object({ phase: z.enum(['past', 'live']), at: Millis })
type Standing = z.infer<typeof Standing>

/** `anbu demo`: a simulated neighbourhood through the whole pipeline, until it is told to end. */
export async function demo(options: DemoOptions): Promise<void> {
  const stop = untilStopped()
  await using open = new AsyncDisposableStack()
  const place = neighbourhood(SEED, FIRST_DAY, ZONE)
  const clock = async (pool: pg.Pool) =>
    fastClock((await standingOf(pool, place)).at, options.speed)
  const { people } = place
  const house = await openSandbox(
    { ...options, fresh: options.fresh ?? false, people, clock },
    open,
  )
  const addresses = await startServices(house, ['console', 'broker'], open)
  const gateways = await settle(house, place, addresses, open)
  say(welcome(house, place, addresses, options))
  const { phase } = await standingOf(house.pool, place)
  if (phase === 'past') await tellPast(house, place, { gateways, lang: options.lang }, stop)
  if (stop.aborted) return
  await startServices(house, ['detector', 'alerts'], open)
  house.clock.go()
  await live(options, house, place, gateways, stop)
}

async function standingOf(pool: pg.Pool, place: Neighbourhood): Promise<Standing> {
  const kept = await readSetting(pool, 'demo', Standing)
  return kept ?? { phase: 'past', at: place.story.startsAt }
}

/** Makes homes, devices and residents known, and connects every gateway that still has power. */
async function settle(
  { pool, secrets, clock }: Sandbox,
  place: Neighbourhood,
  addresses: Addresses,
  open: AsyncDisposableStack,
): Promise<Map<string, SimulatedGateway>> {
  for (const home of place.households) await addHousehold(pool, home, FIRST_DAY)
  for (const { household, ...resident } of place.residents)
    await saveResident(pool, secrets.namesKey, household, resident)
  const known: { gateway: string; household: string; secret: string }[] = []
  for (const each of place.gateways)
    known.push({ ...each, secret: await addGateway(pool, each, FIRST_DAY) })
  for (const device of place.devices) await addDevice(pool, device, FIRST_DAY)
  // Only now do they connect: from their first word on it is known what stands at each.
  const gateways = new Map<string, SimulatedGateway>()
  for (const { gateway, household, secret } of known) {
    if (cutAt(place, household) <= clock.now()) continue
    const url = addresses.mqtt ?? ''
    gateways.set(
      household,
      open.use(new SimulatedGateway({ url, gateway, secret, now: () => clock.now() })),
    )
  }
  await Promise.all([...gateways.values()].map((gateway) => gateway.ready()))
  return gateways
}

function cutAt(place: Neighbourhood, household: string): number {
  const fate = place.story.fates.find((each) => each.household === household)
  return fate?.type === 'gateway-lost' ? fate.at : Infinity
}

async function tellPast(
  { pool, clock }: Sandbox,
  place: Neighbourhood,
  { gateways, lang }: { gateways: ReadonlyMap<string, SimulatedGateway>; lang: Lang },
  stop: AbortSignal,
): Promise<void> {
  const stored = await storedUntil(pool)
  const words = WORDS[lang]
  const progress = openProgress(words.past, lang)
  const homes = [...gateways].map(([household, gateway]) => {
    return {
      gateway,
      readings: place.readings(household, FIRST_DAY),
      from: stored.get(gateway.gateway),
    }
  })
  try {
    await publishPast({
      homes,
      until: clock.now(),
      signal: stop,
      onProgress: ({ done, total, rate }) =>
        progress.show({
          done,
          total,
          detail: words.rate(Math.round(rate).toLocaleString('en')),
        }),
    })
    await writeSetting(pool, 'demo', { phase: 'live', at: clock.now() } satisfies Standing)
  } catch (error) {
    if (!stop.aborted) throw error
  } finally {
    progress.end()
  }
}

async function live(
  { until, lang }: DemoOptions,
  { pool, clock }: Sandbox,
  place: Neighbourhood,
  gateways: ReadonlyMap<string, SimulatedGateway>,
  stop: AbortSignal,
): Promise<void> {
  const enough = new AbortController()
  const signal = AbortSignal.any([stop, enough.signal])
  const from = clock.now()
  const homes = [...gateways].map(([household, gateway]) => ({
    gateway,
    readings: place.readings(household, from),
    cutAt: cutAt(place, household),
  }))
  const heard = (news: News) => {
    if (until !== 'alert' || news.type !== 'delivery' || news.state !== 'accepted') return
    // A message that repeats the last step has no line; where it is why the story ends, it has.
    const line = news.times > 0 ? narrate({ ...news, times: 0 }, lang) : null
    if (line !== null) say(line)
    enough.abort()
  }
  await Promise.all([
    playLive({ clock, homes, signal }),
    tellStory({ pool, clock, lang, say, heard }, signal),
    keepStanding(pool, clock, signal),
    sayWhenTold({ place, clock, lang }, signal),
  ])
}

const KEEP = 1000

async function keepStanding(pool: pg.Pool, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(KEEP, undefined, { signal }).catch(() => undefined) // aborted: written once more
    await writeSetting(pool, 'demo', { phase: 'live', at: clock.now() } satisfies Standing)
  }
}

async function sayWhenTold(
  { place, clock, lang }: { place: Neighbourhood; clock: Clock; lang: Lang },
  signal: AbortSignal,
): Promise<void> {
  const told = await clock.after(place.story.endsAt, signal).then(
    () => true,
    () => false,
  )
  if (told) say(WORDS[lang].told)
}

function welcome(
  house: Sandbox,
  place: Neighbourhood,
  addresses: Addresses,
  { lang, speed }: DemoOptions,
): string {
  const words = WORDS[lang]
  const pace = speed >= 60 ? words.minutes(Math.round(speed / 6) / 10) : words.seconds(speed)
  return [
    words.watches(place.households.length, localTime(house.clock.now(), ZONE, lang), pace),
    words.doors(addresses.mqtt ?? ''),
    `  ${invite(house, place.people, addresses)}`,
    '',
  ].join('\n')
}

const WORDS = {
  ko: {
    minutes: (n: number) => `${n}분`,
    seconds: (n: number) => `${n}초`,
    watches: (homes: number, now: string, pace: string) =>
      `Anbu(안부)가 지어낸 ${homes}가구를 살핍니다. 그곳은 지금 ${now}, 1초에 ${pace}씩 흐릅니다.`,
    past: '지난 28일',
    rate: (n: string) => `1초에 측정값 ${n}개`,
    doors: (mqtt: string) => `게이트웨이는 이 주소로 보냅니다: ${mqtt}\n로그인된 근무 화면:`,
    told: '이야기는 여기까지입니다. 그곳의 하루하루는 이어집니다. Ctrl-C로 끝냅니다.',
  },
  en: {
    minutes: (n: number) => `${n} minutes`,
    seconds: (n: number) => `${n} seconds`,
    watches: (homes: number, now: string, pace: string) =>
      `Anbu (안부) watches ${homes} made-up homes. It is ${now} there, and a second is ${pace}.`,
    past: '28 days of past',
    rate: (n: string) => `${n} readings/s`,
    doors: (mqtt: string) => `Gateways publish to ${mqtt}. The console, signed in:`,
    told: 'The story is told. Life goes on; Ctrl-C ends it.',
  },
} as const
