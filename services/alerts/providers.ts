import type { Environment } from '../../schemas/environment.ts'
import { PROPOSED_TEXT } from './alimtalk.ts'
import type { Send } from './deliver.ts'
import type { Ask } from './http.ts'
import { nhnAlimtalk, nhnAlimtalkPoll, nhnSms, nhnSmsPoll } from './nhn.ts'
import type { Polls } from './poll.ts'
import { sensAlimtalk, sensAlimtalkPoll, sensSms, sensSmsPoll } from './sens.ts'
import { solapiAlimtalk, solapiPoll, solapiSms } from './solapi.ts'

/** A way out, and how to ask what became of what left by it. */
export type Way = { readonly send: Send; readonly polls: Polls }

/** What a provider is reached with. */
export type Outside = {
  readonly env: Environment
  readonly ask: Ask
  readonly now: () => number
}

/** Text messages by the provider that is set, or null. */
export function smsBy(outside: Outside): Way | null {
  const { ANBU_SMS_PROVIDER: provider } = outside.env
  return provider ? SMS[provider](outside) : null
}

/** AlimTalk by the provider that is set, or null. */
export function alimtalkBy(outside: Outside): Way | null {
  const { ANBU_ALIMTALK_PROVIDER: provider } = outside.env
  return provider ? ALIMTALK[provider](outside) : null
}

type Ways = Readonly<Record<'sens' | 'nhn' | 'solapi', (outside: Outside) => Way>>

const SMS: Ways = {
  sens(outside) {
    const { ANBU_SENS_SMS_SERVICE: service, ANBU_SMS_FROM: from } = outside.env
    const account = { ...sensOf(outside), service: given(service), from: given(from) }
    return { send: sensSms(account), polls: { 'sens-sms': sensSmsPoll(account) } }
  },
  nhn({ env, ask, now }) {
    const account = {
      url: env.ANBU_NHN_SMS_URL,
      appKey: given(env.ANBU_NHN_SMS_APP_KEY),
      secretKey: given(env.ANBU_NHN_SMS_SECRET_KEY),
      from: given(env.ANBU_SMS_FROM),
      ask,
      now,
    }
    const polls = { 'nhn-sms': nhnSmsPoll(account, 'sms'), 'nhn-mms': nhnSmsPoll(account, 'mms') }
    return { send: nhnSms(account), polls }
  },
  solapi(outside) {
    const account = solapiOf(outside)
    return { send: solapiSms(account), polls: { solapi: solapiPoll(account) } }
  },
}

const ALIMTALK: Ways = {
  sens(outside) {
    const service = given(outside.env.ANBU_SENS_ALIMTALK_SERVICE)
    const account = { ...sensOf(outside), ...senderOf(outside), service }
    return { send: sensAlimtalk(account), polls: { 'sens-alimtalk': sensAlimtalkPoll(account) } }
  },
  nhn(outside) {
    const { env, ask, now } = outside
    const account = {
      ...senderOf(outside),
      url: env.ANBU_NHN_ALIMTALK_URL,
      appKey: given(env.ANBU_NHN_ALIMTALK_APP_KEY),
      secretKey: given(env.ANBU_NHN_ALIMTALK_SECRET_KEY),
      ask,
      now,
    }
    return { send: nhnAlimtalk(account), polls: { 'nhn-alimtalk': nhnAlimtalkPoll(account) } }
  },
  solapi(outside) {
    const account = { ...solapiOf(outside), ...senderOf(outside) }
    return { send: solapiAlimtalk(account), polls: { solapi: solapiPoll(account) } }
  },
}

function senderOf({ env }: Outside) {
  return {
    sender: given(env.ANBU_ALIMTALK_SENDER),
    template: {
      code: given(env.ANBU_ALIMTALK_TEMPLATE),
      text: env.ANBU_ALIMTALK_TEXT ?? PROPOSED_TEXT,
    },
    from: env.ANBU_SMS_FROM ?? null,
  }
}

function sensOf({ env, ask, now }: Outside) {
  const accessKey = given(env.ANBU_SENS_ACCESS_KEY)
  const secretKey = given(env.ANBU_SENS_SECRET_KEY)
  return { url: env.ANBU_SENS_URL, accessKey, secretKey, ask, now }
}

function solapiOf({ env, ask, now }: Outside) {
  const apiKey = given(env.ANBU_SOLAPI_API_KEY)
  const apiSecret = given(env.ANBU_SOLAPI_API_SECRET)
  return { url: env.ANBU_SOLAPI_URL, apiKey, apiSecret, from: env.ANBU_SMS_FROM ?? null, ask, now }
}

// The schema of the environment has seen to it that nothing is missing of what is set up at all.
function given(value: string | undefined): string {
  if (value === undefined) throw new Error('a channel is only half set up')
  return value
}
