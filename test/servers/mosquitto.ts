import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startTied } from './tied.ts'

/** A Mosquitto of one's own. It is stopped and started again in its place, its sessions kept or not. */
export type Mosquitto = AsyncDisposable & {
  readonly url: string
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
}

/** Starts a Mosquitto that lets everybody in, from `program`, keeping its sessions on disk. */
export async function startMosquitto(program: string): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'mosquitto-'))
  const port = await freePort()
  const file = join(folder, 'mosquitto.conf')
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'max_queued_messages 0',
    // As root it would otherwise become a user who may not write here.
    'user root',
  ]
  await writeFile(file, lines.join('\n'))
  const run = () => startTied([program, '-c', file], 'running')
  let server = await run()
  const stop = async () => await server[Symbol.asyncDispose]()
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop,
    async start() {
      server = await run()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(folder, { recursive: true })
    },
  }
}
