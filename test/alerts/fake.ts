import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { takeFirst } from './receiver.ts'

/** A request that came. */
export type Came = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What a provider answers. */
export type Said = {
  readonly status: number
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * How it behaves. `ok`: as the provider does. `slow`: takes it and never says so. `reset`: hangs up before it took
 * anything. `lost`: takes it and hangs up. Or an answer of its own, without taking anything.
 */
export type Manner = 'ok' | 'slow' | 'reset' | 'lost' | Said

/** A real HTTP server that behaves as a provider. Every request must be taken by the test: what is left fails it. */
export type Fake = AsyncDisposable & {
  readonly url: string
  answer(manner: Manner): void
  /** The oldest request that was not taken yet; waits for it, and fails after 5 s. */
  take(): Promise<Came>
  /** Whatever came and was not taken: a test that knows they came may let them go. */
  clear(): void
}

/** Opens a fake on a free port of this machine; `behave` is what the provider does with a request. */
export async function openFake(behave: (came: Came) => Said | Promise<Said>): Promise<Fake> {
  let manner: Manner = 'ok'
  const untaken: Came[] = []
  const faults: unknown[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const came = await read(request)
    untaken.push(came)
    if (manner === 'reset') return request.socket.destroy()
    if (typeof manner === 'object') return say(response, manner)
    const said = await behave(came)
    if (manner === 'lost') request.socket.destroy()
    else if (manner === 'ok') say(response, said)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      faults.push(error)
      response.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    answer: (next) => void (manner = next),
    take: () => takeFirst(untaken, 'request'),
    clear: () => void untaken.splice(0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (faults.length > 0) throw new AggregateError(faults, 'the fake could not read a request')
      const left = untaken.map(({ method, path, body }) => `${method} ${path} ${body.toString()}`)
      if (left.length > 0) throw new Error(`unexpected requests:\n${left.join('\n')}`)
    },
  }
}

async function read(request: IncomingMessage): Promise<Came> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  }
}

function say(response: ServerResponse, { status, body = '', headers = {} }: Said): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
}
