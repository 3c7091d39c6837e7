import { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { LIMITS } from '../../services/broker/limits.ts'
import { type BenchGateway, connectPacket, dataPackets } from './packets.ts'

/** Messages acknowledged a second, in all, and the times from PUBLISH to PUBACK in milliseconds. */
export type Load = {
  readonly perSecond: number
  readonly all: number
  readonly p50: number
  readonly p99: number
}

/** Where to connect, as whom, and how many readings a message has. */
export type Lines = {
  readonly port: number
  readonly secure: boolean
  readonly gateways: readonly BenchGateway[]
  readonly readings: number
}

/** How to load a broker. `perSecond` given: an open loop at that rate over all; else as fast as acknowledged. */
export type LoadOptions = {
  readonly inFlight: number
  readonly seconds: number
  readonly warmUp: number
  readonly perSecond?: number
}

/**
 * Loads the broker with QoS 1 messages over raw sockets: a client library would need more of the two cores than
 * the broker does. Every reading is new. Resolves after `warmUp + seconds`.
 */
export async function load(lines: readonly Line[], options: LoadOptions): Promise<Load> {
  const begin = performance.now() + options.warmUp * 1000
  const end = begin + options.seconds * 1000
  const times: number[] = []
  let all = 0
  for (const line of lines)
    line.acknowledged = (sent) => {
      const now = performance.now()
      all++
      if (now >= begin && now < end) times.push(now - sent)
      if (now < end && options.perSecond === undefined) line.publish()
    }
  if (options.perSecond === undefined)
    for (const line of lines) for (let i = 0; i < options.inFlight; i++) line.publish()
  else await openLoop(lines, options.perSecond, end)
  await sleep(Math.max(0, end - performance.now()))
  for (const line of lines) line.socket.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { perSecond: times.length / options.seconds, all, p50: at(0.5), p99: at(0.99) }
}

const AT_ONCE = 200

/** Connects all of them, no faster than the door lets in, and keeps them. */
export async function connectAll(options: Lines): Promise<Line[]> {
  const { gateways } = options
  const lines: Line[] = []
  for (let i = 0; i < gateways.length; i += AT_ONCE) {
    const some = gateways.slice(i, i + AT_ONCE)
    const pause = sleep((AT_ONCE / LIMITS.connectsPerSecond) * 1000)
    lines.push(...(await Promise.all(some.map((each) => open(each, options)))))
    await pause
  }
  return lines
}

/** One gateway's connection. */
export type Line = {
  readonly socket: Socket
  publish(): void
  acknowledged: (sentAt: number) => void
}

const CONNACK = 0x20

async function open(gateway: BenchGateway, { port, secure, readings }: Lines): Promise<Line> {
  const sent = new Map<number, number>()
  const next = dataPackets(gateway.gateway, readings)
  const welcome = Promise.withResolvers<void>()
  const hear = packets((type, detail) => {
    if (type === CONNACK && detail === 0) return welcome.resolve()
    if (type === CONNACK) return welcome.reject(new Error(`refused with code ${detail}`))
    const sentAt = sent.get(detail) ?? 0
    sent.delete(detail)
    line.acknowledged(sentAt)
  })
  const socket = await dial(port, secure, hear)
  socket.on('error', (error) => welcome.reject(error))
  socket.on('close', () => welcome.reject(new Error('closed before it was let in')))
  let id = 0
  const line: Line = {
    socket,
    publish() {
      id = (id % 65_535) + 1
      sent.set(id, performance.now())
      socket.write(next(id))
    },
    acknowledged: () => undefined,
  }
  socket.write(connectPacket(gateway))
  await welcome.promise
  return line
}

// One for all: what comes is looked at before the next can come. A buffer for each read costs as much as the rest of it.
const COMES = Buffer.alloc(64 * 1024)

async function dial(port: number, secure: boolean, hear: (bytes: Buffer) => void): Promise<Socket> {
  const to = { port, host: '127.0.0.1' }
  const callback = (size: number) => {
    hear(COMES.subarray(0, size))
    return true
  }
  const socket = secure
    ? connectTls({ ...to, rejectUnauthorized: false }).on('data', hear)
    : new Socket({ onread: { buffer: COMES, callback } }).connect(to)
  socket.setNoDelay()
  await new Promise<void>((resolve, reject) => {
    socket.once(secure ? 'secureConnect' : 'connect', resolve)
    socket.once('error', reject)
  })
  return socket
}

// Only CONNACK and PUBACK come here, and both are four bytes long (MQTT 3.1.1, 3.2 and 3.4).
function packets(heard: (type: number, detail: number) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    for (; at + 4 <= bytes.length; at += 4) heard(bytes[at] ?? 0, bytes.readUInt16BE(at + 2))
    if (rest.length > 0 || at < bytes.length) rest = Buffer.from(bytes.subarray(at))
  }
}

async function openLoop(lines: readonly Line[], perSecond: number, end: number): Promise<void> {
  const begin = performance.now()
  let sent = 0
  while (performance.now() < end) {
    const due = Math.floor(((performance.now() - begin) / 1000) * perSecond)
    for (; sent < due; sent++) lines[sent % lines.length]?.publish()
    await sleep(1)
  }
}
