import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'

/**
 * Where the messages of a demo go: a mail server and a webhook receiver on this machine, so that they really
 * leave by SMTP and HTTP, and nobody outside is troubled. A webhook whose signature is wrong is refused.
 */
export type Inbox = AsyncDisposable & { readonly smtpUrl: string; readonly webhookUrl: string }

/** Opens the inbox; webhooks are checked against `secret`. */
export async function openInbox(secret: string): Promise<Inbox> {
  const mail = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    // Whoever sends keeps the line: there is nothing to wait for.
    closeTimeout: 1,
    onData: (stream, _session, done) => stream.resume().on('end', done),
  })
  const smtp = mail.listen(0, '127.0.0.1')
  const web = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const genuine = isGenuine(secret, Buffer.concat(chunks), request.headers)
      response.writeHead(genuine ? 204 : 401).end()
    })
  }).listen(0, '127.0.0.1')
  await Promise.all([once(smtp, 'listening'), once(web, 'listening')])
  return {
    // smtp-server lets each new connection wait for 100 ms: so there is one for many mails.
    smtpUrl: `smtp://127.0.0.1:${portOf(smtp.address())}/?pool=true`,
    webhookUrl: `http://127.0.0.1:${portOf(web.address())}/hook`,
    async [Symbol.asyncDispose]() {
      web.closeAllConnections()
      await Promise.all([
        new Promise<void>((resolve) => void web.close(() => resolve())),
        new Promise<void>((resolve) => mail.close(() => resolve())),
      ])
    },
  }
}

function isGenuine(secret: string, body: Buffer, headers: object): boolean {
  try {
    new Webhook(secret).verify(body.toString(), { ...headers })
    return true
  } catch {
    return false
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return address.port
}
