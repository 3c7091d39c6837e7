import { once } from 'node:events'
import { createServer } from 'node:http'
import type pg from 'pg'
import { pino } from 'pino'
import { startAlerts } from '../../services/alerts/alerts.ts'
import { withLoopback } from '../../services/alerts/loopback.ts'
import { startBroker } from '../../services/broker/broker.ts'
import { startDetector } from '../../services/detector/detector.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { openQueue } from '../../services/queue/queue.ts'

/** Whoever listens outside, on this machine: counts the beats that arrive. */
export type Outside = AsyncDisposable & { readonly url: string; readonly beats: number[] }

export async function openOutside(): Promise<Outside> {
  const beats: number[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      beats.push(Date.now())
      response.end('ok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : null
  return {
    url: `http://127.0.0.1:${port}/ping`,
    beats,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The wall's clock, which a test may set ahead: services that stand still fall behind it. */
export function shiftedClock() {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    speed: 1,
    after: () => Promise.reject(new Error('nobody waits for a time in these tests')),
    jump: (by: number) => {
      ahead += by
    },
  }
}

export type House = AsyncDisposable & {
  readonly mqtt: string
  /** Ends the workers: nobody looks at homes, escalates or sends any more. */
  stopWorkers(): Promise<void>
}

const silent = pino({ level: 'silent' })

/** All services of a house, with a real broker and a real queue, on the database of the test. */
export async function openHouse(
  pool: pg.Pool,
  databaseUrl: string,
  clock: ReturnType<typeof shiftedClock>,
): Promise<House> {
  await using open = new AsyncDisposableStack()
  const common = { pool, clock, log: silent }
  const ingest = open.use(openIngest({ ...common, retentionDays: 90 }))
  const { accept, forget } = ingest
  const door = { host: '127.0.0.1', port: 0, tls: null, webSocket: null, limits: {} }
  const broker = open.use(await startBroker({ ...common, ...door, accept, forget }))
  const queue = openQueue({ databaseUrl, log: silent })
  let stopped: Promise<void> | null = null
  const stopWorkers = async () => {
    stopped ??= Promise.resolve(queue[Symbol.asyncDispose]())
    await stopped
  }
  open.defer(stopWorkers)
  await startDetector({ ...common, queue, retentionDays: 90 })
  const webhook = withLoopback(() => Promise.reject(new Error('nobody is told in these tests')))
  const nothing = { email: null, webhook, push: null, sms: null, alimtalk: null }
  const channels = { ...nothing, slack: null, ntfy: null, cap: null }
  open.use(await startAlerts({ ...common, queue, channels, polls: {}, publicUrl: null }))
  const kept = open.move()
  return { mqtt: broker.url, stopWorkers, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
