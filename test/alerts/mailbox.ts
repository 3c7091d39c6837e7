import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { takeFirst } from './receiver.ts'

/**
 * How the mail server behaves. `slow` takes the mail and never says so; `reset` takes it and hangs up; a number
 * is its answer to the mail, or with `rcpt` to the recipient already.
 */
export type Manner = 'ok' | 'slow' | 'reset' | number | { readonly rcpt: number }

/** A mail that came, its words decoded. */
export type Mail = {
  readonly to: string
  readonly headers: string
  readonly subject: string
  readonly text: string
}

/** A real SMTP server. Every mail must be taken by the test, in order: what is left at the end fails it. */
export type Mailbox = AsyncDisposable & {
  readonly url: string
  /** From now on mails are answered so; at first `ok`. */
  answer(manner: Manner): void
  /** The oldest mail that was not taken yet; waits for it, and fails after 5 s. */
  take(): Promise<Mail>
}

/** Opens a mail server on a free port of this machine. */
export async function openMailbox(): Promise<Mailbox> {
  let manner: Manner = 'ok'
  const untaken: Mail[] = []
  const sockets = new Set<Socket>()
  const hangUp = () => sockets.forEach((socket) => socket.destroy())
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onRcptTo(_address, _session, done) {
      if (typeof manner === 'object') done(refusal(manner.rcpt))
      else done()
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join()
        untaken.push(read(to, Buffer.concat(chunks).toString()))
        if (manner === 'reset') hangUp()
        else if (typeof manner === 'number') done(refusal(manner))
        else if (manner !== 'slow') done()
      })
    },
  })
  // A client that hangs up is part of these tests.
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  listening.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await once(listening, 'listening')
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    answer: (next) => void (manner = next),
    take: () => takeFirst(untaken, 'mail'),
    async [Symbol.asyncDispose]() {
      hangUp()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      if (untaken.length > 0) throw new Error(`unexpected mails: ${JSON.stringify(untaken)}`)
    },
  }
}

function refusal(responseCode: number): Error {
  return Object.assign(new Error(`made-up ${responseCode}`), { responseCode })
}

// What nodemailer writes for our text: one part, in the shorter of two encodings, and words of the subject in base64.
function read(to: string, raw: string): Mail {
  const end = raw.indexOf('\r\n\r\n')
  const headers = raw.slice(0, end).replaceAll(/\r\n[ \t]/g, ' ')
  const subject = headers.match(/^Subject: (.*)$/m)?.[1] ?? ''
  const body = raw.slice(end + 4)
  return {
    to,
    headers,
    subject: subject
      .replaceAll('?= =?', '?==?')
      .replaceAll(/=\?UTF-8\?B\?(.*?)\?=/g, (_, word: string) => fromBase64(word)),
    text: /^Content-Transfer-Encoding: base64$/m.test(headers)
      ? fromBase64(body)
      : fromQuoted(body),
  }
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString()
}

function fromQuoted(text: string): string {
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll('\r\n', '\n')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return Buffer.from(bytes, 'latin1').toString()
}
