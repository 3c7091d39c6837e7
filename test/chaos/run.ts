// Kills what stores readings, and PostgreSQL, for minutes, and looks for what was acknowledged.
import { find } from '../servers/optional.ts'
import { startMosquitto } from '../servers/mosquitto.ts'
import { calledWrongly, readArguments } from '../usage.ts'
import { type Aftermath, type Chaos, chaos } from './ingest.ts'

const HELP = `npm run chaos -- [--rounds 20] [--seed 1]
  kills what stores readings, PostgreSQL, or both so many times at each door, at moments of the seed, and looks for what
  was acknowledged; takes minutes, ends with 1 if anything is missing or stored twice`

const { values } = readArguments(HELP, {
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
})
const given = { rounds: Number(values.rounds), seed: Number(values.seed) }
for (const [name, value] of Object.entries(given))
  if (!(Number.isSafeInteger(value) && value > 0))
    calledWrongly(HELP, `--${name} is a whole number from 1 on`)
const started = performance.now()
const log: Chaos['log'] = {
  info({ round, rounds, killed, acknowledged }: Record<string, string | number>) {
    const left = ((performance.now() - started) / Number(round)) * (Number(rounds) - Number(round))
    process.stderr.write(
      `${round}/${rounds}: killed ${killed}, ${acknowledged} acknowledged so far, ${Math.round(left / 1000)} s left\n`,
    )
  },
}

let whole = report('our own door', await chaos({ ...given, door: 'own', log }))
const program = find('mosquitto')
if (program?.by === 'path') {
  await using broker = await startMosquitto(program.path)
  const aftermath = await chaos({ ...given, door: { url: broker.url }, log })
  whole = report('behind Mosquitto', aftermath) && whole
} else process.stdout.write('behind Mosquitto: skipped, for it is not installed\n')
process.exitCode = whole ? 0 : 1

function report(door: string, { kills, acknowledged, missing, stored, counted }: Aftermath) {
  const well = missing === 0 && counted === stored
  process.stdout.write(
    `${door}: ${kills} kills, seed ${given.seed}: ${acknowledged} readings acknowledged, ${missing} of them missing; ` +
      `${stored} stored, ${counted} counted: ${well ? 'nothing lost, nothing twice' : 'BROKEN'}\n`,
  )
  return well
}
