import type { Logger } from 'pino'
import type { Environment } from '../../schemas/environment.ts'
import { startAlerts } from '../alerts/alerts.ts'
import { type AskResident, askByWebhook } from '../alerts/ask.ts'
import { openAsk } from '../alerts/http.ts'
import { openCallbacks, openChannels, pushKeyOf } from '../alerts/channels.ts'
import { openMail } from '../alerts/email.ts'
import { openVoice } from '../alerts/voice.ts'
import { type BrokerDeps, startBroker } from '../broker/broker.ts'
import type { Limits } from '../broker/limits.ts'
import { wallClock } from '../clock.ts'
import { askPath } from '../console/resident.ts'
import { startConsole } from '../console/start.ts'
import type { Clock } from '../core/time.ts'
import { startDetector } from '../detector/detector.ts'
import { openIngest } from '../ingest/ingest.ts'
import { openListener } from '../ingest/listener.ts'
import type { Subscriber } from '../ingest/subscriber.ts'
import { type Queue, openQueue } from '../queue/queue.ts'
import { openPool } from '../store/pool.ts'
import { tidy } from '../store/readings.ts'
import { startWarden } from '../warden/warden.ts'
import { UsageError } from './context.ts'
import { type ProcessFigures, openFigures, serveFigures } from './figures.ts'
import type { Secrets } from './secrets.ts'
import type pg from 'pg'

/**
 * The services, each of which can run in a process of its own. `broker` holds ingest too; `ingest` alone listens at
 * a broker of another house.
 */
export const SERVICES = ['broker', 'ingest', 'detector', 'alerts', 'warden', 'console'] as const
export type ServiceName = (typeof SERVICES)[number]

/** What every service stands on. */
export type House = {
  readonly env: Environment
  readonly databaseUrl: string
  readonly pool: pg.Pool
  readonly queue: Queue
  readonly secrets: Secrets
  readonly clock: Clock
  /** The clock of the front door, where somebody runs it ahead of the others: then ingest's word that it is alive is theirs. */
  readonly ahead?: Clock
  readonly log: Logger
  /** What the services of this process say of themselves to Prometheus. */
  readonly figures: ProcessFigures
}

/** Where the started services answer. */
export type Addresses = { mqtt: string | null; console: string | null; metrics: string | null }

/** Opens the pool and the queues, or takes the queue that is given; all close with `open`. */
export function openHouse(
  options: Omit<House, 'pool' | 'queue' | 'figures'>,
  open: AsyncDisposableStack,
  given?: Queue,
): House {
  const { databaseUrl, log, env } = options
  const pool = open.adopt(openPool(databaseUrl, { max: 12 }), (each) => each.end())
  const queue = given ?? openQueue({ redisUrl: env.ANBU_REDIS_URL, databaseUrl, log })
  return { ...options, pool, queue: open.use(queue), figures: openFigures() }
}

/** Starts the named services in this process. They end with `open`, the last first. */
export async function startServices(
  house: House,
  names: readonly ServiceName[],
  open: AsyncDisposableStack,
): Promise<Addresses> {
  const { pool, clock, env } = house
  await tidy(pool, clock.now(), env.ANBU_RETENTION_DAYS)
  const addresses: Addresses = { mqtt: null, console: null, metrics: null }
  // The console first, so that somebody sees what the others do.
  if (names.includes('console')) addresses.console = await openConsole(house, open)
  if (names.includes('broker')) addresses.mqtt = await openDoor(house, open)
  if (names.includes('ingest')) listenElsewhere(house, open)
  addresses.metrics = await tellFigures(house, names, open)
  if (names.includes('detector'))
    await startDetector({ ...house, retentionDays: env.ANBU_RETENTION_DAYS })
  if (names.includes('alerts'))
    open.use(
      await startAlerts({
        ...house,
        ...(await openChannels({ ...house, now: () => wallClock.now() })),
        publicUrl: publicUrl(house),
        passKey: house.secrets.sessionKey,
        ask: askOf(house),
      }),
    )
  // On a clock of its own nobody is told anything for real, and nothing outside could listen.
  if (names.includes('warden') && clock.speed === 1)
    open.use(await openWarden(house, addresses.mqtt))
  return addresses
}

function openWarden(house: House, beside: string | null): Promise<AsyncDisposable> {
  const { env } = house
  return startWarden({
    ...house,
    timeZone: env.ANBU_TIME_ZONE,
    heartbeatUrl: env.ANBU_HEARTBEAT_URL ?? null,
    brokerUrl: env.ANBU_CANARY_URL ?? beside,
  })
}

function askOf(house: House): AskResident | null {
  const { env, secrets } = house
  if (!env.ANBU_ASK_URL) return null
  return askByWebhook({
    url: env.ANBU_ASK_URL,
    secret: secrets.webhookSecret,
    callback: (ask) => new URL(askPath(secrets.sessionKey, ask), publicUrl(house)).href,
    ask: openAsk(),
    now: () => wallClock.now(),
  })
}

async function openDoor(house: House, open: AsyncDisposableStack): Promise<string> {
  const { pool, env, ahead } = house
  const clock = ahead ?? house.clock
  const log = house.log.child({ service: 'broker' })
  const retentionDays = env.ANBU_RETENTION_DAYS
  const isListening = () => !ahead
  const figures = house.figures.intake('broker', () => ingest.pending)
  const ingest = open.use(openIngest({ pool, clock, log, retentionDays, isListening, figures }))
  const { accept, forget } = ingest
  const broker = await startBroker({
    pool,
    clock,
    log,
    host: env.ANBU_HOST,
    port: env.ANBU_MQTT_PORT,
    accept,
    forget,
    ...furtherDoors(env),
    limits: limitsOf(env),
  })
  house.figures.door(broker)
  const { tlsUrl, webSocketUrl } = broker
  if (tlsUrl || webSocketUrl) log.info({ tlsUrl, webSocketUrl }, 'further doors are open')
  return open.use(broker).url
}

function listenElsewhere(house: House, open: AsyncDisposableStack): void {
  const { pool, clock, env } = house
  const url = env.ANBU_MQTT_URL
  if (url === undefined)
    throw new UsageError('ingest needs --mqtt-url or ANBU_MQTT_URL: the broker that it listens to')
  const log = house.log.child({ service: 'ingest' })
  let subscriber: Subscriber | null = null
  const isListening = () => subscriber?.isListening() ?? false
  house.figures.line(isListening)
  const retentionDays = env.ANBU_RETENTION_DAYS
  const figures = house.figures.intake('ingest', () => ingest.pending)
  const ingest = open.use(openIngest({ pool, clock, log, retentionDays, isListening, figures }))
  subscriber = open.use(
    openListener({
      pool,
      clock,
      log,
      accept: ingest.accept,
      refused: figures.refused,
      url,
      clientId: env.ANBU_MQTT_CLIENT_ID,
      version: env.ANBU_MQTT_VERSION,
    }),
  )
}

async function tellFigures(
  { env, figures }: House,
  names: readonly ServiceName[],
  open: AsyncDisposableStack,
): Promise<string | null> {
  const port = env.ANBU_METRICS_PORT
  const hasSome = names.includes('broker') || names.includes('ingest')
  if (port === undefined || !hasSome) return null
  return open.use(await serveFigures(figures.registry, env.ANBU_HOST, port)).url
}

function furtherDoors(env: Environment): Pick<BrokerDeps, 'tls' | 'webSocket'> {
  const { ANBU_TLS_CERT: cert, ANBU_TLS_KEY: key } = env
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('ANBU_TLS_CERT and ANBU_TLS_KEY belong together: set both, or neither')
  const tls = cert !== undefined && key !== undefined ? { cert, key } : null
  const host = tls ? env.ANBU_TLS_HOST : env.ANBU_HOST
  return {
    tls: tls && {
      ...tls,
      host,
      port: env.ANBU_TLS_PORT,
      clientCa: env.ANBU_TLS_CLIENT_CA ?? null,
    },
    webSocket: env.ANBU_WS_PORT === undefined ? null : { host, port: env.ANBU_WS_PORT },
  }
}

function limitsOf(env: Environment): Partial<Limits> {
  return {
    connections: env.ANBU_MQTT_CONNECTIONS,
    perAddress: env.ANBU_MQTT_CONNECTIONS_PER_ADDRESS,
    connectsPerSecond: env.ANBU_MQTT_CONNECTS_PER_SECOND,
    bytesPerSecond: env.ANBU_GATEWAY_KIB_PER_SECOND * 1024,
  }
}

async function openConsole(house: House, open: AsyncDisposableStack): Promise<string> {
  const { pool, clock, env, secrets } = house
  const served = await startConsole({
    pool,
    clock,
    log: house.log.child({ service: 'console' }),
    ...secrets,
    mail: openMail(env),
    callbacks: openCallbacks(env, secrets),
    voice: openVoice({
      channels: (await openChannels({ ...house, now: () => wallClock.now() })).channels,
      publicUrl: publicUrl(house),
      passKey: secrets.sessionKey,
      asks: env.ANBU_ASK_URL !== undefined,
    }),
    told: () => house.queue.wake('deliver'),
    raised: () => house.queue.wake('escalate'),
    pushKey: await pushKeyOf(house),
    publicUrl: env.ANBU_PUBLIC_URL,
    timeZone: env.ANBU_TIME_ZONE,
    figures: house.figures.registry,
    host: env.ANBU_HOST,
    port: env.ANBU_HTTP_PORT,
  })
  return open.use(served).url
}

/** The address that stands in messages to staff. */
function publicUrl({ env }: Pick<House, 'env'>): string {
  return env.ANBU_PUBLIC_URL ?? `http://${env.ANBU_HOST}:${env.ANBU_HTTP_PORT}`
}
