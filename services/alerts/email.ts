import { createTransport } from 'nodemailer'
import { z } from 'zod'
import type { Environment } from '../../schemas/environment.ts'
import type { Message } from '../../schemas/message.ts'
import type { Fault, Result } from '../core/delivery.ts'
import { type Send, SEND_LIMIT } from './deliver.ts'

/** Tells by e-mail through the server at `url` (smtp: or smtps:), in the name of `from`. */
export function emailChannel(url: string, from: string, limit: number = SEND_LIMIT): Send {
  const transport = connectTo(url, limit)
  const domain = from.match(/@([^\s<>@]+)/)?.[1] ?? 'anbu.invalid'
  return async (message, to, deliveryId) => {
    try {
      const info = await transport.sendMail({
        from,
        to: to.address,
        subject: message.subject,
        text: textOf(message),
        // The reader of two copies sees one: mail programs drop a Message-ID that they have (RFC 5322, 3.6.4).
        messageId: `<${deliveryId}@${domain}>`,
        headers: AUTOMATIC,
        // Over all: a server that sends a byte now and then never runs into the limits of the connection.
        signal: AbortSignal.timeout(limit),
      })
      return { kind: 'accepted', providerId: info.response }
    } catch (error) {
      return judge(error)
    }
  }
}

/** Sends one mail to one address, or throws. */
export type Mail = (to: string, subject: string, text: string) => Promise<void>

/** Opens the plain way to send a mail, such as a sign-in link; null while no mail server is set. */
export function openMail(env: Pick<Environment, 'ANBU_SMTP_URL' | 'ANBU_MAIL_FROM'>): Mail | null {
  if (!env.ANBU_SMTP_URL) return null
  const transport = connectTo(env.ANBU_SMTP_URL, SEND_LIMIT)
  return async (to, subject, text) => {
    const signal = AbortSignal.timeout(SEND_LIMIT)
    const from = env.ANBU_MAIL_FROM
    await transport.sendMail({ from, to, subject, text, headers: AUTOMATIC, signal })
  }
}

// A server that is there answers within seconds; until then nothing has left.
const CONNECT = 5_000

// No vacation notice may answer (RFC 3834, section 5).
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated' }

function connectTo(url: string, limit: number) {
  const connect = Math.min(CONNECT, limit)
  const limits = { connectionTimeout: connect, greetingTimeout: connect, socketTimeout: limit }
  return createTransport({ url, ...limits })
}

function textOf({ text, link }: Message): string {
  return link === null ? text : `${text}\n${link}\n`
}

const SmtpError = z.object({
  message: z.string(),
  code: z.string().optional(),
  /** The code of the system, such as ECONNREFUSED, under nodemailer's own. */
  originalCode: z.string().optional(),
  responseCode: z.number().optional(),
  timeoutType: z.string().optional(),
  /** What the server answered to, such as "RCPT TO" or "AUTH PLAIN". */
  command: z.string().optional(),
})
type SmtpError = z.infer<typeof SmtpError>

/** What the server said decides; where it said nothing, whether the message can have left. */
function judge(thrown: unknown): Result {
  const error = SmtpError.parse(thrown)
  const detail = `the mail server did not take it: ${error.message}`
  // 4yz: transient; 5yz: permanent (RFC 5321, section 4.2.1).
  if (error.responseCode !== undefined && error.responseCode < 500)
    return { kind: 'temporary', detail }
  if (error.responseCode !== undefined || REFUSED_HERE.has(error.code ?? ''))
    return { kind: 'permanent', detail, fault: faultOf(error) }
  return { kind: neverLeft(error) ? 'temporary' : 'unknown', detail }
}

// nodemailer itself would not send it: no credentials, or no valid address.
const REFUSED_HERE: ReadonlySet<string> = new Set(['EAUTH', 'ENOAUTH', 'EENVELOPE', 'ECONFIG'])

/** Whose set-up a refusal shows: ours where it is us who are refused, theirs where it is the reader's mailbox. */
function faultOf({ code = '', command = '', responseCode }: SmtpError): Fault {
  if (['EAUTH', 'ENOAUTH', 'ECONFIG'].includes(code) || command.startsWith('MAIL')) return 'channel'
  // 552: the mailbox is full (RFC 5321, section 4.2.3), and will be empty again.
  return command.startsWith('RCPT') && responseCode !== 552 ? 'address' : null
}

function neverLeft({ code, originalCode, timeoutType }: SmtpError): boolean {
  return (
    code === 'EDNS' ||
    code === 'ETLS' ||
    ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(originalCode ?? '') ||
    (timeoutType !== undefined && timeoutType !== 'SOCKET_TIMEOUT')
  )
}
