import { once } from 'node:events'
import { createServer } from 'node:http'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Broker } from '../broker/broker.ts'
import type { Figures } from '../ingest/ingest.ts'
import { tellNow, tellOfDoor } from './door-figures.ts'

/** What the services of a process say of themselves to Prometheus, read when it asks. None of it names anybody. */
export type ProcessFigures = {
  readonly registry: Registry
  /** Tells of the front door: who is there, who was turned away, and its limits. */
  readonly door: (broker: Pick<Broker, 'counts' | 'limits'>) => void
  /** Tells of an ingest, which hands on what it stored and refused. */
  readonly intake: (service: 'broker' | 'ingest', pending: () => number) => Figures
  /** Tells whether a broker of another house reaches us. */
  readonly line: (isListening: () => boolean) => void
}

/** Opens the figures of a process, in which nothing is told of yet. */
export function openFigures(): ProcessFigures {
  const registry = new Registry()
  let intake: ProcessFigures['intake'] | null = null
  return {
    registry,
    door: (broker) => tellOfDoor(registry, broker),
    intake: (service, pending) => (intake ??= openIntake(registry))(service, pending),
    line(isListening) {
      const help = '1: at least one line to the broker of another house stands.'
      tellNow(registry, 'anbu_intake_listening', help, () => Number(isListening()))
    },
  }
}

// At 18,500 readings a second a batch takes 3 to 20 ms; beyond a second the disk is busy with something else.
const BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

// One for the whole process: our own door and the line to another house may both be open in it.
function openIntake(registry: Registry): ProcessFigures['intake'] {
  const waiting = tellOfWaiting(registry)
  const count = (what: string, help: string, labelNames = ['service']) =>
    new Counter({ name: `anbu_intake_${what}_total`, help, labelNames, registers: [registry] })
  const messages = count('messages', 'Messages that are stored.')
  const readings = count('readings', 'Readings that are stored, those said again among them.')
  const refusals = count(
    'refused',
    'Refusals that went on record, of a message or of readings in it, by reason.',
    ['service', 'reason'],
  )
  const seconds = new Histogram({
    name: 'anbu_intake_batch_seconds',
    help: 'How long it took to store a batch.',
    labelNames: ['service'],
    buckets: BUCKETS,
    registers: [registry],
  })
  return (service, pending) => {
    waiting.set(service, pending)
    for (const counter of [messages, readings]) counter.inc({ service }, 0)
    seconds.zero({ service })
    return {
      committed(batch) {
        messages.inc({ service }, batch.messages)
        readings.inc({ service }, batch.readings)
        seconds.observe({ service }, batch.seconds)
      },
      refused: (reason) => refusals.inc({ service, reason }),
    }
  }
}

function tellOfWaiting(registry: Registry): Map<string, () => number> {
  const waiting = new Map<string, () => number>()
  const told = new Gauge({
    name: 'anbu_intake_waiting_messages',
    help: 'Messages that wait to be stored, or are being stored.',
    labelNames: ['service'],
    registers: [registry],
    collect() {
      for (const [service, pending] of waiting) told.set({ service }, pending())
    },
  })
  return waiting
}

/** Answers Prometheus on an address of its own until disposed: it asks no database, and stands when that is away. */
export async function serveFigures(
  registry: Registry,
  host: string,
  port: number,
): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume()
    if (request.method !== 'GET' || request.url !== '/metrics')
      return void response.writeHead(404).end()
    const type = { 'Content-Type': Registry.PROMETHEUS_CONTENT_TYPE }
    void registry.metrics().then((text) => response.writeHead(200, type).end(text))
  })
  server.listen(port, host)
  await once(server, 'listening').catch((cause: unknown) => {
    const where = `${host}:${port}`
    throw new Error(
      `the figures cannot be told on ${where}: is the port taken? Set ANBU_METRICS_PORT to another`,
      { cause },
    )
  })
  const bound = server.address()
  const real = bound === null || typeof bound === 'string' ? port : bound.port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${real}/metrics`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
