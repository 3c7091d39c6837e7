import { type Command, InvalidArgumentError, Option } from 'commander'
import { ACCENTS, type Accent } from '../../simulator/accents.ts'
import { type FleetProgress, playFleet } from '../../simulator/fleet.ts'
import type { MadeUpHome } from '../../simulator/homes.ts'
import { RefusedGateway } from '../../simulator/line.ts'
import { PERSONAS } from '../../simulator/persona.ts'
import { NotAScenario, readScenario, shippedScenarios } from '../../simulator/read-scenario.ts'
import type { Scenario } from '../../simulator/scenario.ts'
import { type Stage, stageOf } from '../../simulator/stage.ts'
import { fastClock, wallClock } from '../clock.ts'
import { type Clock, DAY, localDay } from '../core/time.ts'
import { addDevice, addGateway, addHousehold } from '../store/homes.ts'
import { example, positive, say, whole } from './command-line.ts'
import { UsageError, untilStopped } from './context.ts'
import { onDatabase } from './database.ts'
import { openProgress } from './progress.ts'

type Options = {
  readonly homes?: number
  readonly mqttUrl: string
  readonly speed: number
  readonly day: number
  readonly seed?: number
  readonly dialect: Accent
  readonly password: string
  readonly register?: true
  readonly list?: true
  readonly personas?: true
}

/** Adds `anbu simulate`: made-up homes over MQTT, as many as are asked for. */
export function addSimulate(anbu: Command): void {
  anbu
    .command('simulate')
    .description('made-up homes that live now, each with a gateway of its own, over real MQTT')
    .argument('[scenario]', 'the name of a scenario that comes with Anbu, or a file', 'ordinary')
    .option('--list', 'says which scenarios come with Anbu')
    .option('--personas', 'says who may live in them, and where their figures are from')
    .option('--homes <n>', 'how many; as many as the scenario says otherwise', whole)
    .option('--mqtt-url <url>', 'the broker', brokerUrl, 'mqtt://127.0.0.1:1883')
    .option(
      '--speed <n>',
      'simulated seconds a second; beyond 1 a pipeline on the wall clock refuses the future',
      positive,
      1,
    )
    .option('--day <n>', 'today is this day of the scenario', whole, 1)
    .option('--seed <n>', 'other people, the same story', whole)
    .addOption(
      new Option('--dialect <name>', 'as which gateways would send it')
        .choices(ACCENTS)
        .default('native'),
    )
    .option('--password <text>', 'of every gateway, where they are not registered', '')
    .option(
      '--register',
      'makes the homes known in this installation first; their gateways get new passwords',
    )
    .addHelpText(
      'after',
      example(
        'anbu simulate --list',
        'anbu simulate death --day 29 --register',
        'anbu simulate ordinary --homes 10000 --mqtt-url mqtt://127.0.0.1:1883 --password made-up',
        'anbu simulate my-scenario.yaml --dialect zigbee2mqtt --speed 60',
      ),
    )
    .action(simulate)
}

function brokerUrl(text: string): string {
  if (/^(mqtt|ws)s?:\/\/./.test(text)) return text
  throw new InvalidArgumentError('such as mqtt://127.0.0.1:1883, mqtts://, ws:// or wss://')
}

async function simulate(name: string, options: Options): Promise<void> {
  if (options.list) return list()
  if (options.personas) return listPersonas()
  const stop = untilStopped()
  const scenario = await read(name, options)
  const clock = clockOf(options.speed)
  const stage = stageOf(scenario)
  const homes = Array.from({ length: scenario.homes }, (_, i) => stage.home(i + 1))
  const secrets = options.register ? await register(homes, clock.now()) : null
  const progress = openProgress(scenario.homes === 1 ? 'one home' : `${scenario.homes} homes`)
  try {
    clock.go()
    await playFleet({
      homes,
      clock,
      url: options.mqttUrl,
      accent: options.dialect,
      secret: ({ gateway }) => secrets?.get(gateway) ?? options.password,
      signal: until(stage, clock, stop),
      onProgress: meter(progress, scenario.homes, options.mqttUrl),
    })
  } catch (error) {
    throw error instanceof RefusedGateway ? refused(error, options.mqttUrl) : error
  } finally {
    progress.end()
  }
}

function refused(error: RefusedGateway, url: string): UsageError {
  const what = 'make the homes known there first (--register), or say their password (--password)'
  return new UsageError(`${url}: ${error.message}; ${what}`, { cause: error })
}

async function list(): Promise<void> {
  for (const name of await shippedScenarios()) {
    const { title } = await readScenario(name)
    say(`${name.padEnd(18)} ${title}`)
  }
}

function listPersonas(): void {
  for (const [name, { source }] of Object.entries(PERSONAS)) say(`${name.padEnd(18)} ${source}`)
}

async function read(name: string, { homes, seed, day }: Options): Promise<Scenario> {
  try {
    const scenario = await readScenario(name)
    const today = localDay(Date.now(), scenario['time-zone'])
    const firstDay = new Date((today - day + 1) * DAY).toISOString().slice(0, 10)
    return {
      ...scenario,
      'first-day': firstDay,
      homes: homes ?? scenario.homes,
      seed: seed ?? scenario.seed,
    }
  } catch (error) {
    if (error instanceof NotAScenario) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

function clockOf(speed: number): Clock & { go(): void } {
  return speed === 1 ? { ...wallClock, go: () => undefined } : fastClock(Date.now(), speed)
}

// The end of the scenario, or Ctrl-C.
function until({ to }: Stage, clock: Clock, stop: AbortSignal): AbortSignal {
  const over = new AbortController()
  clock.after(to, stop).then(
    () => over.abort(),
    () => undefined, // stopped before
  )
  return AbortSignal.any([stop, over.signal])
}

function meter(progress: ReturnType<typeof openProgress>, homes: number, url: string) {
  const began = performance.now()
  return ({ connected, readings }: FleetProgress) => {
    const rate = Math.round(readings / ((performance.now() - began) / 1000))
    const said = `${readings.toLocaleString('en')} readings, ${rate.toLocaleString('en')} a second`
    const detail = connected === 0 ? `waiting for ${url}` : said
    progress.show({ done: connected, total: homes, detail, left: Infinity })
  }
}

// A home at a time, and again with each call: what is there already stays, but for its password.
async function register(homes: readonly MadeUpHome[], now: number): Promise<Map<string, string>> {
  const secrets = new Map<string, string>()
  const progress = openProgress('registering')
  await onDatabase(async (pool) => {
    for (const home of homes) {
      const { household, timeZone, tier, gateway } = home
      const place = { office: 'simulated', alias: household, dong: '가상동', planner: null }
      await addHousehold(pool, { household, timeZone, tier, ...place }, now)
      secrets.set(gateway, await addGateway(pool, { gateway, household }, now))
      for (const { device } of home.sensors) await addDevice(pool, device, now)
      progress.show({ done: secrets.size, total: homes.length, detail: 'homes' })
    }
  })
  progress.end()
  return secrets
}
