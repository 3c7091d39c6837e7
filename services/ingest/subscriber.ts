import { type IClientOptions, type MqttClient, connect } from 'mqtt'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Clock } from '../core/time.ts'
import { addRejection, findGateway } from '../store/gateways.ts'
import type { Message } from './ingest.ts'
import { type Heard, Line } from './line.ts'
import { type Patience, openPatience } from './patience.ts'
import { addressed } from './topic.ts'

/** What listening at a broker of another house takes. `accept` resolves when a message is stored. */
export type SubscriberDeps = {
  readonly pool: pg.Pool
  readonly clock: Clock
  readonly log: Logger
  readonly accept: (message: Message) => Promise<void>
  /** Told of each refusal that goes on record here. */
  readonly refused?: (reason: string) => void
  /** Where it is and who we are there, such as mqtts://anbu:secret@broker.example:8883. */
  readonly url: string
  /** The broker keeps our session under this name: whoever goes on listening has the same. */
  readonly clientId: string
  /** MQTT 5 shares the work among some lines (`$share`); 3.1.1 has one line and all of the work. */
  readonly version: '3.1.1' | '5'
}

/** The lines to a broker of another house. */
export type Subscriber = AsyncDisposable & {
  /** Whether anything can reach us: at least one line stands and is subscribed. */
  readonly isListening: () => boolean
}

// A broker sends no more than its own window ahead (Mosquitto 20, EMQX 32, HiveMQ 10 by default), and a batch holds
// the windows of all lines: with four lines 20 a line became stored 1.9 times as fast as with one.
const LINES = 4
/** How long the broker keeps what comes while we are away: a long weekend. In seconds [MQTT5-3.1.2.11.2]. */
const SESSION = 4 * 86_400
const RECONNECT = 1000
// What hubs say must come in its order, for what happened is told from what was said before: so one line has all of it.
const NATIVE = 'anbu/1/+/up/#'
const HUBS = 'g/#'

/**
 * Takes what a broker of another house passes on, and acknowledges it there when it is stored: the same promise as
 * at our own door. The session outlives us (clean session 0), so what comes meanwhile waits at the broker.
 */
export function startSubscriber(deps: SubscriberDeps): Subscriber {
  const lines = Array.from({ length: deps.version === '5' ? LINES : 1 }, (_, number) =>
    openLine(deps, number),
  )
  return {
    isListening: () => lines.some((line) => line.isListening()),
    async [Symbol.asyncDispose]() {
      await Promise.all(lines.map((line) => line.close()))
    },
  }
}

function openLine(deps: SubscriberDeps, number: number) {
  const clientId = `${deps.clientId}-${number}`
  const log = deps.log.child({ line: clientId })
  const client = connect(deps.url, optionsOf(deps, clientId))
  const patience = openPatience(log)
  const receive = receiver(deps, patience)
  const line = new Line(client, { receive, log })
  let subscribed = false
  const listening = () => {
    log.info('listening at the broker')
    return (subscribed = true)
  }
  const refused = (error: unknown) =>
    log.error({ err: error }, 'the broker does not let us subscribe')
  const filters = (number === 0 ? [NATIVE, HUBS] : [NATIVE]).map((each) => named(each, deps))
  client.on('connect', () => void subscribe(client, filters).then(listening, refused))
  client.on('close', () => (subscribed = false))
  client.on('error', (error) => log.warn({ err: error }, 'no line to the broker, trying again'))
  return {
    isListening: () => client.connected && subscribed,
    async close() {
      patience[Symbol.dispose]()
      line.close()
      await client.endAsync(true)
    },
  }
}

function optionsOf({ version }: SubscriberDeps, clientId: string): IClientOptions {
  return {
    clientId,
    clean: false,
    resubscribe: false,
    reconnectPeriod: RECONNECT,
    // A broker that refuses us today may know us tomorrow; until then the log says so.
    reconnectOnConnackError: true,
    ...(version === '5'
      ? { protocolVersion: 5, properties: { sessionExpiryInterval: SESSION } }
      : { protocolVersion: 4 }),
  }
}

function named(filter: string, { version }: SubscriberDeps): string {
  return version === '5' ? `$share/anbu/${filter}` : filter
}

async function subscribe(client: MqttClient, filters: readonly string[]): Promise<void> {
  const granted = await client.subscribeAsync([...filters], { qos: 1 })
  const lacking = granted.filter(({ qos }) => qos !== 1).map(({ topic }) => topic)
  if (lacking.length > 0)
    throw new Error(
      `${lacking.join(', ')} not granted with QoS 1: allow ${client.options.username}`,
    )
}

// The broker of the other house has checked who may publish what; we check that we know who it is.
function receiver(
  { pool, clock, accept, refused }: SubscriberDeps,
  { persist }: Patience,
): (message: Heard) => Promise<void> {
  const isKnown = openRegister(pool)
  return async ({ topic, payload, replayed, repeated }) => {
    const said = addressed(topic)
    const refuse = (gateway: string, reason: string, detail: string) => {
      refused?.(reason)
      const rejection = { gateway, topic, payload, reason, detail }
      return persist(() => addRejection(pool, rejection, clock.now()))
    }
    if (!said) return await refuse('', 'unknown-topic', `neither g/<gateway>/... nor ${NATIVE}`)
    if (!(await persist(() => isKnown(said.gateway))))
      return await refuse(said.gateway, 'unknown-gateway', 'no such gateway, or it is disabled')
    await accept({ ...said, payload, replayed, repeated })
  }
}

// Asked again after so many real milliseconds: a gateway that is disabled is heard no longer than that.
const KNOWN = 10 * 60_000
const UNKNOWN = 10_000

function openRegister(pool: pg.Pool): (gateway: string) => Promise<boolean> {
  const entries = new Map<string, { readonly known: Promise<boolean>; until: number }>()
  const ask = (gateway: string) => {
    const entry = { known: findKnown(pool, gateway), until: Infinity }
    entries.set(gateway, entry)
    entry.known.then(
      (known) => {
        entry.until = performance.now() + (known ? KNOWN : UNKNOWN)
        // Names that nobody knows are made up by whoever may publish there: they must not fill our memory.
        if (!known && entries.size > 100_000) entries.delete(gateway)
        return known
      },
      () => void entries.delete(gateway),
    )
    return entry
  }
  return async (gateway) => {
    const entry = entries.get(gateway)
    // All who ask meanwhile wait for the same answer, so that nobody overtakes whoever asked first.
    return await (entry && entry.until > performance.now() ? entry : ask(gateway)).known
  }
}

async function findKnown(pool: pg.Pool, gateway: string): Promise<boolean> {
  const found = await findGateway(pool, gateway)
  return found !== null && !found.disabled
}
