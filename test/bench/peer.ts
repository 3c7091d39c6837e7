// A peer in a process of its own: one subscriber, a pool of ten, one INSERT a message.
// Usage: node test/bench/peer.ts MQTT_URL DATABASE_URL
import { connectAsync } from 'mqtt'
import { z } from 'zod'
import { openPool } from '../../services/store/pool.ts'

const [mqttUrl = '', databaseUrl = ''] = process.argv.slice(2)
const Said = z.object({
  r: z.array(z.object({ d: z.string(), m: z.string(), b: z.boolean(), t: z.string() })),
})
const pool = openPool(databaseUrl, { max: 10 })
const client = await connectAsync(mqttUrl)
client.on('message', (topic, payload) => {
  const { r } = Said.parse(JSON.parse(payload.toString()))
  for (const { d, m, b, t } of r)
    void pool.query({
      name: 'insert',
      text: `insert into peer (at, device, kind, value) values ($1, $2, $3, $4) on conflict do nothing`,
      values: [t, `${topic} ${d}`, m, Number(b)],
    })
})
await client.subscribeAsync('anbu/1/+/up/data', { qos: 1 })
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
