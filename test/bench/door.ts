// A broker in a process of its own, as in the house: with ingest and a database, or storing nothing; or aedes alone.
// Usage: node test/bench/door.ts DATABASE_URL store|nothing|aedes [CERT KEY]
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import { pino } from 'pino'
import { startBroker } from '../../services/broker/broker.ts'
import { wallClock } from '../../services/clock.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { openPool } from '../../services/store/pool.ts'

const [databaseUrl = '', manner, cert, key] = process.argv.slice(2)
const port = manner === 'aedes' ? await openAedes() : await openHouse()
process.send?.({ port })
process.on('message', () => {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.({ memory: process.memoryUsage().rss, cpu: user + system })
})
process.on('disconnect', () => process.exit(0))

async function openHouse(): Promise<number> {
  const log = pino({ level: 'warn' }, pino.destination(2))
  const pool = openPool(databaseUrl, { max: 4 })
  const ingest = openIngest({ pool, clock: wallClock, log, retentionDays: 90 })
  const plain = { host: '127.0.0.1', port: 0 }
  const tls =
    cert !== undefined && key !== undefined ? { ...plain, cert, key, clientCa: null } : null
  const broker = await startBroker({
    pool,
    clock: wallClock,
    log,
    ...plain,
    tls,
    accept: manner === 'store' ? ingest.accept : () => Promise.resolve(),
    forget: ingest.forget,
  })
  return tls ? Number(new URL(broker.tlsUrl ?? '').port) : broker.port
}

// Nobody is asked for a password, nothing is looked at, everything is acknowledged at once.
async function openAedes(): Promise<number> {
  const aedes = await Aedes.createBroker()
  const server = createServer({ noDelay: true }, (socket) => aedes.handle(socket))
  await once(server.listen({ host: '127.0.0.1', port: 0, backlog: 5000 }), 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
