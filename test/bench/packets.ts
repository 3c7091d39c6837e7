import { generate } from 'mqtt-packet'
import { TOPIC } from '../../schemas/reading.ts'

/** The devices of each gateway. */
export const DEVICES = 5

/** A gateway as a bench knows it. */
export type BenchGateway = { readonly gateway: string; readonly secret: string }

/** The CONNECT of a gateway. */
export function connectPacket({ gateway, secret }: BenchGateway): Buffer {
  return generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: 600,
    clientId: gateway,
    username: gateway,
    password: Buffer.from(secret),
  })
}

const SOME_TIME = new Date(0).toISOString()
const SEQ = 1_000_000

/**
 * The PUBLISHes of a gateway with so many readings each, one after the other. Every reading of a device has a
 * millisecond of its own, so that it is stored and not found to be there. The bytes are made once and only numbers
 * and times changed: publishers share the two cores with what is measured.
 */
export function dataPackets(gateway: string, readings: number): (messageId: number) => Buffer {
  const topic = TOPIC.data(gateway)
  const template = generate({
    cmd: 'publish',
    topic,
    payload: body(readings),
    qos: 1,
    dup: false,
    retain: false,
    messageId: 1,
  })
  const id = template.indexOf(topic) + topic.length
  const seq = template.indexOf(String(SEQ))
  const times = placesOf(template, SOME_TIME)
  const perMessage = Math.ceil(readings / DEVICES)
  let [sent, from] = [0, Date.now() - 3_600_000]
  return (messageId) => {
    const bytes = Buffer.allocUnsafe(template.length)
    template.copy(bytes)
    bytes.writeUInt16BE(messageId, id)
    bytes.write(String(SEQ + sent++), seq, 'latin1')
    for (const [place, at] of times.entries())
      bytes.write(new Date(from + Math.floor(place / DEVICES)).toISOString(), at, 'latin1')
    from += perMessage
    return bytes
  }
}

function body(readings: number): string {
  const r = Array.from({ length: readings }, (_, i) => ({
    d: `s${i % DEVICES}`,
    m: 'motion',
    b: true,
    t: SOME_TIME,
  }))
  return JSON.stringify({ v: 1, boot: 'bench', seq: SEQ, r })
}

function placesOf(bytes: Buffer, text: string): number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at)
  return places
}
