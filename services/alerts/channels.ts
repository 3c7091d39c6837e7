import type { Environment } from '../../schemas/environment.ts'
import type { Result } from '../core/delivery.ts'
import type { Channels, Send } from './deliver.ts'
import { emailChannel } from './email.ts'
import { webhookChannel } from './webhook.ts'

/** The ways out that the environment sets up. One that is not set up fails, saying what to set. */
export function openChannels({
  env,
}: {
  readonly env: Pick<Environment, 'ANBU_SMTP_URL' | 'ANBU_MAIL_FROM' | 'ANBU_WEBHOOK_SECRET'>
}): Channels {
  return {
    email: env.ANBU_SMTP_URL
      ? emailChannel(env.ANBU_SMTP_URL, env.ANBU_MAIL_FROM)
      : notConfigured('ANBU_SMTP_URL'),
    webhook: env.ANBU_WEBHOOK_SECRET
      ? webhookChannel(env.ANBU_WEBHOOK_SECRET)
      : notConfigured('ANBU_WEBHOOK_SECRET'),
  }
}

function notConfigured(setting: string): Send {
  const failure: Result = { kind: 'permanent', detail: `not configured: set ${setting}` }
  return () => Promise.resolve(failure)
}
