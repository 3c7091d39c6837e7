import type pg from 'pg'
import type { Logger } from 'pino'
import { Webhook } from 'standardwebhooks'
import type { Millis } from '../../schemas/time.ts'
import type { Clock } from '../core/time.ts'
import { type Ask, claimAsks, settleAsk } from '../store/asks.ts'
import { type Ask as HttpAsk, refusalIn } from './http.ts'

/**
 * Has a resident asked whether all is well, by a call or a message: by whoever knows the telephone of a pseudonym. Says
 * whether the asking was taken; the answer comes back by `answerAsk`.
 */
export type AskResident = (
  ask: Ask,
) => Promise<{ readonly taken: boolean; readonly detail: string }>

/**
 * Asks through a service outside (an AI call centre, a telephone exchange, a sender of messages) as Standard Webhooks 1.0.0
 * has it: it is told the pseudonym, until when an answer counts, and `callback`, where it posts `key=1` (fine) or any other
 * key (help). `webhook-id` is the same for every try, so that nobody is called twice for a lost answer.
 */
export function askByWebhook(options: {
  readonly url: string
  readonly secret: string
  readonly callback: (ask: number) => string
  readonly ask: HttpAsk
  readonly now: () => Millis
}): AskResident {
  const { url, callback, ask, now } = options
  const signer = new Webhook(options.secret)
  return async ({ id: number, household, until }) => {
    const id = `ask_${number}`
    const sent = new Date(now())
    const body = JSON.stringify({
      type: 'resident.ask',
      timestamp: sent.toISOString(),
      data: { household, until: new Date(until).toISOString(), callback: callback(number) },
    })
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sent.getTime() / 1000)),
      'webhook-signature': signer.sign(id, sent, body),
    }
    const asked = await ask({ method: 'POST', url, headers, body })
    if ('failure' in asked) return { taken: false, detail: asked.failure.detail }
    const refusal = refusalIn(asked.answer, 'the call service', now())
    return { taken: refusal === null, detail: refusal?.detail ?? '' }
  }
}

/** What asking needs. */
export type Asking = {
  readonly pool: pg.Pool
  readonly clock: Clock
  readonly log: Logger
  readonly ask: AskResident
}

const AT_ONCE = 8
const LEASE = 30_000
// It is not worth more: staff are told in any case when the time is over.
const AGAIN = 15_000

/** Asks every resident whose question is due. One that cannot be asked is tried again until staff are told. */
export async function askResidents(deps: Asking): Promise<void> {
  const { pool, clock } = deps
  const now = clock.now()
  const asks = await claimAsks(pool, AT_ONCE, now + LEASE * clock.speed, now)
  await Promise.all(asks.map((ask) => askOne(deps, ask)))
}

async function askOne({ pool, clock, log, ask }: Asking, question: Ask): Promise<void> {
  const { taken, detail } = await ask(question).catch((error: unknown) => ({
    taken: false,
    detail: String(error),
  }))
  if (!taken) log.warn({ ask: question.id, alert: question.alert, detail }, 'could not ask')
  const again = clock.now() + AGAIN
  const retry = !taken && again < question.until ? again : null
  const state = taken ? 'asked' : retry === null ? 'failed' : 'queued'
  await settleAsk(pool, question.id, { state, detail: taken ? null : detail }, retry)
}
