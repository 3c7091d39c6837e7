// A broker in a process of its own, as in the house: with ingest and a database, or storing nothing.
// Usage: node test/bench/door.ts DATABASE_URL store|nothing
import { pino } from 'pino'
import { startBroker } from '../../services/broker/broker.ts'
import { wallClock } from '../../services/clock.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { openPool } from '../../services/store/pool.ts'

const [databaseUrl = '', manner] = process.argv.slice(2)
const log = pino({ level: 'warn' }, pino.destination(2))
const pool = openPool(databaseUrl, { max: 4 })
const ingest = openIngest({ pool, clock: wallClock, log, retentionDays: 90 })
const nothing = () => Promise.resolve()
const broker = await startBroker({
  pool,
  clock: wallClock,
  log,
  host: '127.0.0.1',
  port: 0,
  accept: manner === 'store' ? ingest.accept : nothing,
  forget: ingest.forget,
})
process.send?.({ port: broker.port })
process.on('message', () => {
  globalThis.gc?.()
  process.send?.({ memory: process.memoryUsage().rss, cpu: process.cpuUsage() })
})
process.on('disconnect', () => process.exit(0))
