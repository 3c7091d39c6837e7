import { parentPort } from 'node:worker_threads'
import { type Chapter, liveTwice } from './backtest-life.ts'

// A thread of `anbu backtest`: lives some homes again under both settings.
parentPort?.on('message', ({ homes, ...rest }: Chapter) => {
  const lived = homes.map((home) => liveTwice(home, rest))
  parentPort?.postMessage(lived, [])
})
