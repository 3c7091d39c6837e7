import { once } from 'node:events'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { onBoardChange } from '../store/board-changes.ts'
import { Refused } from '../store/refused.ts'
import { createConsole } from './console.ts'
import type { ConsoleOptions } from './env.ts'
import { openLive } from './live.ts'

/** What a console needs to serve: the application's options, an address and a port (0: any). */
export type ConsoleServer = Omit<ConsoleOptions, 'live' | 'listening' | 'publicUrl'> & {
  readonly host: string
  readonly port: number
  /** Absent: the address it listens on. */
  readonly publicUrl?: string | undefined
}

// What a page that is being made may still take when the end comes.
const GRACE = 500

/** Serves the console until disposed, which takes less than a second however many pages are open. */
export async function startConsole(
  options: ConsoleServer,
): Promise<{ url: string } & AsyncDisposable> {
  const { host, port } = options
  const server = createServer()
  await listen(server, host, port)
  const open = new AsyncDisposableStack()
  open.defer(() => close(server))
  const live = open.use(openLive())
  const changes = open.use(onBoardChange(options.pool, () => live.changed()))
  const url = urlOf(server, host)
  const publicUrl = options.publicUrl ?? url
  const app = createConsole({ ...options, publicUrl, live, listening: () => changes.listening() })
  const listener = getRequestListener(app.fetch)
  server.on('request', (incoming, outgoing) => void listener(incoming, outgoing))
  return { url, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

async function listen(
  server: ReturnType<typeof createServer>,
  host: string,
  port: number,
): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new Refused(
      `the console cannot listen on ${host}:${port}: is the port taken? Set ANBU_HTTP_PORT to another`,
      { cause },
    )
  }
}

function urlOf(server: ReturnType<typeof createServer>, host: string): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the console has no port')
  const { port } = address
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

async function close(server: ReturnType<typeof createServer>): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const timer = setTimeout(() => server.closeAllConnections(), GRACE)
  await closed
  clearTimeout(timer)
}
