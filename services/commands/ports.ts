import { once } from 'node:events'
import { createServer } from 'node:net'

/** The first port from `wanted` on that nobody listens on; `taken` hears of each that is. */
export async function freePort(
  host: string,
  wanted: number,
  taken: (port: number) => void,
): Promise<number> {
  for (let port = wanted; port < wanted + TRIES; port++) {
    if (await isFree(host, port)) return port
    taken(port)
  }
  throw new Error(`ports ${wanted} to ${wanted + TRIES - 1} are all taken on ${host}`)
}

const TRIES = 20

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false
    throw new Error(`cannot listen on ${host}:${port}`, { cause: error })
  } finally {
    server.close()
  }
}
