import { type EventEmitter, once } from 'node:events'
import { type Server, type Socket, createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { Server as TlsServer, type TlsOptions, createServer as createTlsServer } from 'node:tls'
import type { Logger } from 'pino'
import type { Tally } from './counts.ts'
import type { Limits } from './limits.ts'
import type { Arrival, Lobby } from './lobby.ts'
import { type TlsFiles, type TlsKeys, readTls, watchTls } from './tls.ts'
import { openWebSockets } from './web-sockets.ts'

/** An address to listen on. Port 0: any free one. */
export type Address = { readonly host: string; readonly port: number }

/** Which doors there are. `webSocket` speaks TLS when there is any. */
export type DoorsOptions = {
  readonly plain: Address
  readonly tls: (Address & TlsFiles) | null
  readonly webSocket: Address | null
}

/** What a door does with who comes in. `socket` is the TCP or TLS socket below the MQTT bytes. */
export type DoorsDeps = {
  readonly limits: Limits
  readonly lobby: Lobby
  readonly tally: Tally
  readonly log: Logger
  readonly receive: (conn: Duplex, arrival: Arrival, socket: Socket) => void
}

/** The doors, open. */
export type Doors = Disposable & {
  readonly plain: number
  readonly tls: number | null
  readonly webSocket: number | null
}

/** Opens the doors. Every connection passes the lobby before TLS or HTTP see it. */
export async function openDoors(options: DoorsOptions, deps: DoorsDeps): Promise<Doors> {
  const { plain, tls, webSocket } = options
  using open = new DisposableStack()
  const secure = tls && (await secureOptions(tls, deps))
  const tlsServer = secure && openTls(secure, (socket) => enterBy(deps, socket, socket))
  const webServer = webSocket && openWebSockets(deps.limits, secure, watched(deps))
  const listen = (address: Address, next: (arrival: Arrival) => void) =>
    openPort(address, deps, open, next)
  const onto = (address: Address | null, server: EventEmitter | null) =>
    address &&
    listen(address, (arrival) => {
      deps.lobby.hand(arrival)
      server?.emit('connection', arrival.socket)
    })
  const ports = {
    plain: await listen(plain, (arrival) => deps.receive(arrival.socket, arrival, arrival.socket)),
    tls: await onto(tls, tlsServer),
    webSocket: await onto(webSocket, webServer),
  }
  if (tls) open.use(watchTls(tls, deps.log, (keys) => renew([tlsServer, webServer], keys)))
  const opened = open.move()
  return { ...ports, [Symbol.dispose]: () => opened.dispose() }
}

function renew(servers: readonly (object | null)[], keys: TlsKeys): void {
  for (const server of servers) if (server instanceof TlsServer) server.setSecureContext(keys)
}

async function secureOptions(files: TlsFiles, { limits }: DoorsDeps): Promise<TlsOptions> {
  return {
    ...(await readTls(files)),
    // The lobby keeps the time, from before the handshake.
    handshakeTimeout: 2 * limits.connectWithin,
    // Who shows no certificate, or one that is not valid, is told so by MQTT and is on record.
    requestCert: files.clientCa !== null,
    rejectUnauthorized: false,
  }
}

function openTls(secure: TlsOptions, enter: (socket: Socket) => void): TlsServer {
  const server = createTlsServer(secure, enter)
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return server
}

async function openPort(
  { host, port }: Address,
  { limits, lobby }: DoorsDeps,
  open: DisposableStack,
  next: (arrival: Arrival) => void,
): Promise<number> {
  // A line that died without a word is found by TCP in minutes, whatever keep-alive its gateway has.
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }
  const server = createServer(options, (socket) => {
    const arrival = lobby.admit(socket)
    if (arrival) next(arrival)
  })
  // Node asks for 511. When a district came back at once the kernel broke 700 of 2,000 connections unheard.
  server.listen({ host, port, backlog: limits.connectsAtOnce })
  await once(server, 'listening')
  open.defer(() => void server.close())
  return portOf(server)
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return address.port
}

function enterBy({ lobby, receive }: DoorsDeps, conn: Duplex, socket: Socket): void {
  const arrival = lobby.arrivalOf(socket)
  // It left while TLS or HTTP were being spoken.
  if (!arrival) return void conn.destroy()
  receive(conn, arrival, socket)
}

// As much as the gate before MQTT over TCP lets Node read of somebody who has not signed in. A WebSocket message is
// put together before the gate sees it, so this looks below.
const ONE_READ = 64 * 1024

function watched(deps: DoorsDeps) {
  return (conn: Duplex, socket: Socket): void => {
    const arrival = deps.lobby.arrivalOf(socket)
    const from = socket.bytesRead
    const look = () => {
      if (arrival?.signedIn) return void socket.off('data', look)
      if (socket.bytesRead - from <= ONE_READ) return
      deps.tally.count('frame-too-large')
      socket.off('data', look).destroy()
    }
    socket.on('data', look)
    enterBy(deps, conn, socket)
  }
}
