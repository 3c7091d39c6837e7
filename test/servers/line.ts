import { once } from 'node:events'
import { type Socket, createConnection, createServer } from 'node:net'

/** A line to PostgreSQL that can be cut and mended. */
export async function openLine(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let whole = true
  const server = createServer((socket) => {
    if (!whole) return socket.destroy()
    const far = createConnection(Number(target.port), target.hostname)
    for (const [a, b] of [
      [socket, far],
      [far, socket],
    ] as const) {
      sockets.add(a)
      a.on('error', () => b.destroy()).on('close', () => b.destroy())
      a.pipe(b)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const through = new URL(url)
  through.port = typeof address === 'object' ? String(address?.port) : ''
  return {
    url: through.href,
    cut() {
      whole = false
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      whole = true
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
