import type { Environment } from '../../schemas/environment.ts'
import type { Channels } from './deliver.ts'
import { emailChannel } from './email.ts'
import { webhookChannel } from './webhook.ts'

/** The ways out that the environment sets up, and null for one that it does not. */
export function openChannels({
  env,
}: {
  readonly env: Pick<Environment, 'ANBU_SMTP_URL' | 'ANBU_MAIL_FROM' | 'ANBU_WEBHOOK_SECRET'>
}): Channels {
  return {
    ...NOT_YET,
    email: env.ANBU_SMTP_URL ? emailChannel(env.ANBU_SMTP_URL, env.ANBU_MAIL_FROM) : null,
    webhook: env.ANBU_WEBHOOK_SECRET ? webhookChannel(env.ANBU_WEBHOOK_SECRET) : null,
  }
}

const NOT_YET = { push: null, alimtalk: null, sms: null, slack: null, ntfy: null, cap: null }
