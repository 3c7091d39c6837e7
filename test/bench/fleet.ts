// A fleet of simulated gateways in a process of its own. Usage: fork it with URL HOMES DIALECT; it sends what it has reached.
import { ACCENTS } from '../../simulator/accents.ts'
import { playFleet } from '../../simulator/fleet.ts'
import { homeOf } from '../../simulator/homes.ts'
import { wallClock } from '../../services/clock.ts'

const [url = '', count = '1', dialect] = process.argv.slice(2)
const homes = Array.from({ length: Number(count) }, (_, i) => homeOf({ seed: 1, number: i + 1 }))
const stop = new AbortController()
let reached = { connected: 0, readings: 0 }
const report = setInterval(
  () => process.send?.({ ...reached, memory: process.memoryUsage().rss }),
  500,
)
process.on('disconnect', () => process.exit(0))
await playFleet({
  homes,
  url,
  accent: ACCENTS.find((accent) => accent === dialect) ?? 'native',
  clock: wallClock,
  secret: () => 'made up for the bench only',
  signal: stop.signal,
  onProgress: (progress) => (reached = progress),
})
clearInterval(report)
