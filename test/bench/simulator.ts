// How fast homes are made up, and what ten thousand of them cost over real MQTT.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import { DAY } from '../../services/core/time.ts'
import { ACCENTS, type Accent } from '../../simulator/accents.ts'
import { KITS, type MadeUpHome, homeOf } from '../../simulator/homes.ts'
import { livelyDay, simulateDay } from '../../simulator/life.ts'

import { answerHelp } from '../usage.ts'
import { type Row, print } from './table.ts'

answerHelp(`npm run bench:simulator -- [--json]
  how fast homes are made up, and what ten thousand of them cost over real MQTT`)

const GATEWAYS = 10_000
const SECONDS = 20
// Midnight in Seoul, in a quarter of a year with 추석 in it.
const FIRST_DAY = Date.UTC(2026, 7, 2, 15)
const DAYS = 91

const Reached = z.object({ connected: z.int(), readings: z.int(), memory: z.number() })

const rows: Row[] = []
for (const kit of KITS) {
  const homes = Array.from({ length: 8 }, (_, i) => homeOf({ seed: 1, number: i + 1, kit }))
  const all = perDay(homes, simulateDay)
  rows.push({
    name: `a day of a home (${kit}), all readings`,
    value: all,
    unit: 'ms',
    bar: 2,
    less: true,
  })
  rows.push({
    name: '… what may be a sign of life alone',
    value: perDay(homes, livelyDay),
    unit: 'ms',
  })
}
const drawn = Array.from({ length: 40 }, (_, i) => homeOf({ seed: 2, number: i + 1 }))
const minutes = (perDay(drawn, livelyDay) * 365 * 1000) / 60_000 / 2
rows.push({
  name: '365 days of 1,000 drawn homes made up, on two cores',
  value: minutes,
  unit: 'min',
  bar: 10,
  less: true,
})
for (const accent of ACCENTS) rows.push(...(await fleet(accent)))
print('simulator', rows)

// In CPU time of this process, after a round that nobody counts: others may use the machine too.
function perDay(homes: readonly MadeUpHome[], live: typeof livelyDay): number {
  let began = process.cpuUsage()
  for (const round of [0, 1]) {
    if (round === 1) began = process.cpuUsage()
    for (const home of homes)
      for (let day = 0; day < DAYS; day++) live(home, FIRST_DAY + (round * DAYS + day) * DAY)
  }
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000 / (homes.length * DAYS)
}

async function fleet(accent: Accent): Promise<readonly Row[]> {
  const broker = fork(new URL('silent-broker.ts', import.meta.url), { stdio: 'inherit' })
  const { port } = z.object({ port: z.int() }).parse((await once(broker, 'message'))[0])
  const url = `mqtt://127.0.0.1:${port}`
  const began = performance.now()
  const child = fork(new URL('fleet.ts', import.meta.url), [url, String(GATEWAYS), accent], {
    stdio: 'inherit',
  })
  const connected = await reached(child, ({ connected: count }) => count === GATEWAYS)
  const took = (performance.now() - began) / 1000
  const until = performance.now() + SECONDS * 1000
  const end = await reached(child, () => performance.now() >= until)
  child.disconnect()
  broker.disconnect()
  await Promise.all([once(child, 'exit'), once(broker, 'exit')])
  return [
    {
      name: `${GATEWAYS.toLocaleString('en')} gateways of one process connected, ${accent}`,
      value: took,
      unit: 's',
    },
    {
      name: '… at 1x, readings acknowledged',
      value: (end.readings - connected.readings) / SECONDS,
      unit: 'readings/s',
    },
    {
      name: '… memory of that process',
      value: end.memory / 2 ** 20,
      unit: 'MiB',
      bar: 2048,
      less: true,
    },
  ]
}

async function reached(
  child: ChildProcess,
  enough: (state: z.infer<typeof Reached>) => boolean,
): Promise<z.infer<typeof Reached>> {
  for (;;) {
    const state = Reached.parse((await once(child, 'message'))[0])
    if (enough(state)) return state
  }
}
