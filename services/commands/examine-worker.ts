import { parentPort } from 'node:worker_threads'
import { type MadeUp, examineLife } from './examined.ts'
import { simulatedLife } from './lives.ts'

// A thread of `anbu evaluate`: makes up a home and examines it.
parentPort?.on('message', ({ seed, days, manner }: MadeUp) => {
  parentPort?.postMessage(examineLife(simulatedLife(seed, days), manner), [])
})
