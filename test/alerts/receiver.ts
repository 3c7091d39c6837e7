import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'

/** How a path of the receiver behaves. `slow` never answers; `reset` takes the request and hangs up. */
export type Answer =
  | 'ok'
  | 'slow'
  | 'reset'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

/** A webhook that came. Its signature was right: a wrong one fails the test. */
export type Told = { readonly id: string; readonly path: string; readonly body: unknown }

/**
 * A real HTTP server that takes webhooks. Every one must be taken by the test, in the order in which they came:
 * what is left at the end fails it.
 */
export type Receiver = AsyncDisposable & {
  /** The address of the webhook of `person`. */
  url(person: string): string
  /** From now on requests to `person` are answered so; at first, and for all others, `ok`. */
  answer(person: string, answer: Answer): void
  /** The oldest webhook that was not taken yet; waits for it, and fails after 5 s. */
  take(): Promise<Told>
}

/** The secret that both sides know. */
export const SECRET = `whsec_${Buffer.from('made up for tests, 24 bytes and more').toString('base64')}`

/** Opens a receiver on a free port of this machine. */
export async function openReceiver(secret: string = SECRET): Promise<Receiver> {
  const answers = new Map<string, Answer>()
  const untaken: Told[] = []
  const faults: unknown[] = []
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const told = await receive(secret, request)
      untaken.push(told)
      reply(response, answers.get(told.path) ?? 'ok')
    } catch (error) {
      faults.push(error)
      response.writeHead(401).end()
    }
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return {
    url: (person) => `http://127.0.0.1:${address.port}/${person}`,
    answer: (person, answer) => void answers.set(`/${person}`, answer),
    take: () => takeFirst(untaken, 'webhook'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (faults.length > 0) throw new AggregateError(faults, 'webhooks that are not genuine')
      if (untaken.length > 0) throw new Error(`unexpected webhooks: ${JSON.stringify(untaken)}`)
    },
  }
}

async function receive(secret: string, request: IncomingMessage): Promise<Told> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const headers = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [
      name,
      String(request.headers[name]),
    ]),
  )
  const body = new Webhook(secret).verify(Buffer.concat(chunks).toString(), headers)
  return { id: String(headers['webhook-id']), path: request.url ?? '', body }
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === 'slow') return
  if (answer === 'reset') response.socket?.destroy()
  else if (answer === 'ok') response.writeHead(204).end()
  else response.writeHead(answer.status, answer.headers).end()
}

/** Takes the first of a growing list, waiting up to 5 s for it. */
export async function takeFirst<T>(list: T[], what: string): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const first = list.shift()
    if (first !== undefined) return first
    await sleep(10)
  }
  throw new Error(`no ${what} came within 5 s`)
}
