import { once } from 'node:events'
import { type Socket, createServer } from 'node:net'
import { Aedes } from 'aedes'
import { NativeMessage, NativeReading } from '../../schemas/reading.ts'

/** What a broker heard. `retain` and `dup` as they came. */
export type Heard = { readonly topic: string; readonly payload: string; readonly retain: boolean }

/** What to do with a message: take it, or break the line before it is stored, or between that and its PUBACK. */
export type Treatment = 'take' | 'break-before' | 'break-after'

/** A real aedes on a free port, that says what it heard and breaks the line when told to. */
export type TestBroker = AsyncDisposable & {
  readonly url: string
  readonly heard: Heard[]
  /** Asked for each data message. */
  treat: (message: Heard) => Treatment
  /** Breaks every line. */
  breakLines(): void
}

export const SECRET = 'a-made-up-secret'

/** Opens the broker. It lets in whoever knows `SECRET`. */
export async function openBroker(): Promise<TestBroker> {
  const aedes = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const broker: TestBroker = {
    url: `mqtt://127.0.0.1:${address.port}`,
    heard: [],
    treat: () => 'take',
    breakLines: () => sockets.forEach((socket) => socket.destroy()),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => aedes.close(resolve))
      server.close()
      broker.breakLines()
    },
  }
  aedes.authenticate = (_client, _name, password, done) => {
    const right = password?.toString() === SECRET
    done(right ? null : Object.assign(new Error('wrong'), { returnCode: 4 }), right)
  }
  aedes.authorizePublish = (client, { topic, payload, retain }, done) => {
    if (topic.startsWith('$SYS')) return done(null)
    const message = { topic, payload: payload.toString(), retain }
    const treatment = topic.endsWith('/data') ? broker.treat(message) : 'take'
    if (treatment !== 'break-before') broker.heard.push(message)
    if (treatment === 'take') return done(null)
    client?.close()
    done(new Error('the line broke'))
  }
  return broker
}

/** All readings that the broker stored, in the order of their coming, repeats too. */
export function readingsOf(heard: readonly Heard[]): readonly NativeReading[] {
  return heard
    .filter(({ topic }) => topic.endsWith('/data'))
    .flatMap(({ payload }) => NativeMessage.parse(JSON.parse(payload)).r)
    .map((element) => NativeReading.parse(element))
}

/** The states that the broker heard, such as online. */
export function statesOf(heard: readonly Heard[]): readonly string[] {
  return heard
    .filter(({ topic }) => topic.endsWith('/state'))
    .map(({ payload }) => String(JSON.parse(payload).state))
}
