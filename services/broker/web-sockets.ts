import { type IncomingMessage, type Server as Http, createServer } from 'node:http'
import { type Server as Https, createServer as createSecureServer } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TlsOptions } from 'node:tls'
import { type WebSocket, WebSocketServer, createWebSocketStream } from 'ws'
import type { Limits } from './limits.ts'

/**
 * Opens a server that speaks MQTT over WebSocket (MQTT 3.1.1, section 6), and nothing else. It does not listen: its
 * connections are given to it. `enter` gets the MQTT bytes and the socket below them.
 */
export function openWebSockets(
  limits: Limits,
  secure: TlsOptions | null,
  enter: (conn: Duplex, socket: Socket) => void,
): Http | Https {
  const server = openHttp(limits, secure)
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // A packet and its fixed header.
    maxPayload: limits.frame + 5,
    // [MQTT-6.0.0-3], [MQTT-6.0.0-4]. What MQTT 3.1 said was mqttv3.1.
    handleProtocols: (offered) =>
      ['mqtt', 'mqttv3.1'].find((protocol) => offered.has(protocol)) ?? false,
  })
  const elsewhere = { upgrade: 'websocket', connection: 'close' }
  server.on('request', (_, response) => response.writeHead(426, elsewhere).end())
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!(socket instanceof Socket)) return socket.destroy()
    sockets.handleUpgrade(request, socket, head, (each) => enter(streamOf(each), socket))
  })
  return server
}

function openHttp(limits: Limits, secure: TlsOptions | null): Http | Https {
  const options = {
    maxHeaderSize: limits.smallFrame,
    headersTimeout: limits.connectWithin,
    requestTimeout: limits.connectWithin,
  }
  return secure ? createSecureServer({ ...options, ...secure }) : createServer(options)
}

// mqtt-packet writes a packet in pieces, and without `writev` each would be a WebSocket message.
function streamOf(webSocket: WebSocket): Duplex {
  return createWebSocketStream(webSocket, {
    writev: (pieces: { chunk: Buffer }[], done) =>
      webSocket.send(Buffer.concat(pieces.map(({ chunk }) => chunk)), done),
  })
}
