import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { TOPIC } from '../../schemas/reading.ts'

/** A gateway as a bench knows it. */
export type BenchGateway = { readonly gateway: string; readonly secret: string }

/** What came of a load: messages acknowledged a second, and the times from PUBLISH to PUBACK in milliseconds. */
export type Load = { readonly perSecond: number; readonly p50: number; readonly p99: number }

/** How to load a broker. `perSecond` given: an open loop at that rate over all; else as fast as acknowledged. */
export type LoadOptions = {
  readonly port: number
  readonly gateways: readonly BenchGateway[]
  readonly inFlight: number
  readonly readings: number
  readonly seconds: number
  readonly warmUp: number
  readonly perSecond?: number
}

/**
 * Loads the broker with QoS 1 messages over raw sockets: a client library would need more of the two cores than
 * the broker does. Every reading is new. Resolves after `warmUp + seconds`.
 */
export async function load(options: LoadOptions): Promise<Load> {
  const lines = await connectAll(options)
  const begin = performance.now() + options.warmUp * 1000
  const end = begin + options.seconds * 1000
  const times: number[] = []
  let acknowledged = 0
  for (const line of lines)
    line.acknowledged = (sent) => {
      const now = performance.now()
      if (now >= begin && now < end) {
        acknowledged++
        times.push(now - sent)
      }
      if (now < end && options.perSecond === undefined) line.publish()
    }
  if (options.perSecond === undefined)
    for (const line of lines) for (let i = 0; i < options.inFlight; i++) line.publish()
  else await openLoop(lines, options.perSecond, end)
  await until(end)
  for (const line of lines) line.socket.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { perSecond: acknowledged / options.seconds, p50: at(0.5), p99: at(0.99) }
}

/** Connects all of them, and keeps them: for the memory of idle connections. */
export async function connectAll(
  options: Pick<LoadOptions, 'port' | 'gateways' | 'readings'>,
): Promise<Line[]> {
  const lines: Line[] = []
  for (let i = 0; i < options.gateways.length; i += 200)
    lines.push(
      ...(await Promise.all(
        options.gateways
          .slice(i, i + 200)
          .map((each) => open(each, options.port, options.readings)),
      )),
    )
  return lines
}

/** One gateway's connection. */
export type Line = {
  readonly socket: Socket
  publish(): void
  acknowledged: (sentAt: number) => void
}

async function open(
  { gateway, secret }: BenchGateway,
  port: number,
  readings: number,
): Promise<Line> {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const sent = new Map<number, number>()
  let [id, seq, said] = [0, 0, Date.now() - 3_600_000]
  const welcome = Promise.withResolvers<void>()
  const line: Line = {
    socket,
    publish() {
      id = (id % 65_535) + 1
      sent.set(id, performance.now())
      socket.write(publishPacket(TOPIC.data(gateway), body(readings, seq++, said), id))
      said += Math.ceil(readings / DEVICES)
    },
    acknowledged: () => undefined,
  }
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    // Only CONNACK and PUBACK come here, and both are four bytes long (MQTT 3.1.1, 3.2 and 3.4).
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    for (; at + 4 <= rest.length; at += 4) {
      if (rest[at] === 0x20)
        if (rest[at + 3] === 0) welcome.resolve()
        else welcome.reject(new Error(`refused with code ${rest[at + 3]}`))
      else {
        const messageId = rest.readUInt16BE(at + 2)
        const sentAt = sent.get(messageId) ?? 0
        sent.delete(messageId)
        line.acknowledged(sentAt)
      }
    }
    rest = rest.subarray(at)
  })
  socket.on('error', (error) => welcome.reject(error))
  socket.write(connectPacket(gateway, secret))
  await welcome.promise
  return line
}

/** The devices of each gateway. */
export const DEVICES = 5

// Every reading of a device has a millisecond of its own: it must be stored, and not found to be there.
function body(readings: number, seq: number, from: number): string {
  const r: string[] = []
  for (let i = 0; i < readings; i++) {
    const at = new Date(from + Math.floor(i / DEVICES)).toISOString()
    r.push(`{"d":"s${i % DEVICES}","m":"motion","b":true,"t":"${at}"}`)
  }
  return `{"v":1,"boot":"bench","seq":${seq},"r":[${r.join(',')}]}`
}

function connectPacket(gateway: string, secret: string): Buffer {
  // MQTT, level 4; clean session, user name and password; keep alive 600 s.
  const head = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0b1100_0010, 2, 88])
  return packet(0x10, [head, text(gateway), text(gateway), text(secret)])
}

function publishPacket(topic: string, payload: string, id: number): Buffer {
  return packet(0x32, [text(topic), Buffer.from([id >> 8, id & 255]), Buffer.from(payload)])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}

function packet(first: number, parts: readonly Buffer[]): Buffer {
  let length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = [first]
  do {
    head.push((length % 128) + (length >= 128 ? 128 : 0))
    length = Math.floor(length / 128)
  } while (length > 0)
  return Buffer.concat([Buffer.from(head), ...parts])
}

async function openLoop(lines: readonly Line[], perSecond: number, end: number): Promise<void> {
  const begin = performance.now()
  let sent = 0
  while (performance.now() < end) {
    const due = Math.floor(((performance.now() - begin) / 1000) * perSecond)
    for (; sent < due; sent++) lines[sent % lines.length]?.publish()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

async function until(end: number): Promise<void> {
  const left = end - performance.now()
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
}
