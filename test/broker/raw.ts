import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { type Packet, generate, parser } from 'mqtt-packet'
import type { Broker } from '../../services/broker/broker.ts'
import { TOPIC } from '../../schemas/reading.ts'

/** A connection that says what no client library would. */
export async function openRaw(broker: Pick<Broker, 'port'>): Promise<Socket> {
  const socket = connect(broker.port, '127.0.0.1').setNoDelay()
  // It will be cut off: that is what it is for.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Resolves with all that comes until the broker ends the connection. */
export async function untilClosed(socket: Socket): Promise<Buffer> {
  const said: Buffer[] = []
  socket.on('data', (chunk) => said.push(chunk))
  if (!socket.closed) await once(socket, 'close')
  return Buffer.concat(said)
}

/** Resolves with the next packet of the given kind. */
export function next(socket: Socket, cmd: Packet['cmd']): Promise<Packet> {
  return new Promise((resolve, reject) => {
    const read = parser()
    read.on('packet', (packet: Packet) => {
      if (packet.cmd === cmd) resolve(packet)
    })
    socket.on('data', (chunk) => read.parse(chunk))
    socket.once('close', () => reject(new Error('closed')))
  })
}

/** The bytes of a CONNECT as `gateway`. */
export function hello(gateway: string, secret: string, keepalive = 60): Buffer {
  return generate({
    cmd: 'connect',
    clientId: gateway,
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive,
    username: gateway,
    password: Buffer.from(secret),
  })
}

/** The bytes of a PUBLISH that tells of one motion. */
export function motionAt(gateway: string, at: number, messageId: number): Buffer {
  const reading = { d: 'pir', m: 'motion', b: true, t: new Date(at).toISOString() }
  return generate({
    cmd: 'publish',
    topic: TOPIC.data(gateway),
    payload: JSON.stringify({ v: 1, boot: 'raw', seq: messageId, r: [reading] }),
    qos: 1,
    dup: false,
    retain: false,
    messageId,
  })
}

/** A raw connection that is signed in. */
export async function signInRaw(
  broker: Pick<Broker, 'port'>,
  gateway: string,
  secret: string,
  keepalive?: number,
): Promise<Socket> {
  const socket = await openRaw(broker)
  const welcome = next(socket, 'connack')
  socket.write(hello(gateway, secret, keepalive))
  await welcome
  return socket
}
