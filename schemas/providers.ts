import { z } from 'zod'

const Provider = z.enum(['sens', 'nhn', 'solapi'])
const Digits = z
  .string()
  .transform((text) => text.replaceAll(/[ -]/g, ''))
  .pipe(z.string().regex(/^\d{8,11}$/, 'a telephone number'))
/** What a message can fill in a template of AlimTalk. */
export const ALIMTALK_VARIABLES = ['무엇', '집', '까닭', '할일', '번호', '경로'] as const

const TemplateText = z
  .string()
  .max(1000)
  .transform((text) => text.replaceAll('\\n', '\n'))
  .refine(
    (text) => variablesIn(text).every((name) => ALIMTALK_VARIABLES.some((each) => each === name)),
    `only these variables can be filled: ${ALIMTALK_VARIABLES.map((name) => `#{${name}}`).join(', ')}`,
  )

function variablesIn(text: string): string[] {
  return Array.from(text.matchAll(/#\{([^}]*)\}/g), ([, name = '']) => name)
}

const Ranges = z.string().transform((text) => text.split(/[\s,]+/).filter((range) => range !== ''))

/** What is set from outside about the ways in which staff are told. */
export const ProviderSettings = {
  /** Networks beyond the public ones that webhooks, Slack, push and control rooms may be in, such as 10.1.0.0/16. */
  ANBU_OUTSIDE_ALLOW: Ranges.pipe(z.array(z.union([z.cidrv4(), z.cidrv6()]))).prefault(''),
  /** Who sends text messages, and from which registered number. Absent: nobody is reached by text message. */
  ANBU_SMS_PROVIDER: Provider.optional(),
  ANBU_SMS_FROM: Digits.optional(),
  /** Who sends AlimTalk. The sender is "@channel" at SENS, the sender key at NHN Cloud, the pfId at SOLAPI. */
  ANBU_ALIMTALK_PROVIDER: Provider.optional(),
  ANBU_ALIMTALK_SENDER: z.string().optional(),
  /** The approved template: its code, and its text if it is not the one of docs/channels.md. */
  ANBU_ALIMTALK_TEMPLATE: z.string().optional(),
  ANBU_ALIMTALK_TEXT: TemplateText.optional(),
  /** Naver Cloud SENS; public bodies use https://sens.apigw.gov-ntruss.com. */
  ANBU_SENS_URL: z.url().default('https://sens.apigw.ntruss.com'),
  ANBU_SENS_ACCESS_KEY: z.string().optional(),
  ANBU_SENS_SECRET_KEY: z.string().optional(),
  ANBU_SENS_SMS_SERVICE: z.string().optional(),
  ANBU_SENS_ALIMTALK_SERVICE: z.string().optional(),
  /** NHN Cloud: SMS and KakaoTalk Bizmessage are two products with keys of their own. */
  ANBU_NHN_SMS_URL: z.url().default('https://sms.api.nhncloudservice.com'),
  ANBU_NHN_SMS_APP_KEY: z.string().optional(),
  ANBU_NHN_SMS_SECRET_KEY: z.string().optional(),
  ANBU_NHN_ALIMTALK_URL: z.url().default('https://kakaotalk-bizmessage.api.nhncloudservice.com'),
  ANBU_NHN_ALIMTALK_APP_KEY: z.string().optional(),
  ANBU_NHN_ALIMTALK_SECRET_KEY: z.string().optional(),
  /** The signature that was entered with the webhook there. Absent: its calls are refused, and we ask. */
  ANBU_NHN_WEBHOOK_SECRET: z.string().min(16, 'at least 16 characters').optional(),
  /** SOLAPI. */
  ANBU_SOLAPI_URL: z.url().default('https://api.solapi.com'),
  ANBU_SOLAPI_API_KEY: z.string().optional(),
  ANBU_SOLAPI_API_SECRET: z.string().optional(),
  /** The secret that was entered with the webhook there. Absent: its calls are refused, and we ask. */
  ANBU_SOLAPI_WEBHOOK_SECRET: z.string().min(16, 'at least 16 characters').optional(),
  /** A ntfy server, best one of your own. Absent: nobody is reached by ntfy. */
  ANBU_NTFY_URL: z.url().optional(),
  ANBU_NTFY_TOKEN: z.string().optional(),
  /** In whose name CAP documents go out, such as anbu@gasang-gu.example. Absent: none do. */
  ANBU_CAP_SENDER: z
    .string()
    .regex(/^[^\s<&,]+$/, 'without spaces, commas, < and &')
    .optional(),
}

const Settings = z.object(ProviderSettings)
type Settings = z.infer<typeof Settings>
type Name = keyof Settings

const ACCOUNT = {
  sms: {
    sens: ['ANBU_SENS_ACCESS_KEY', 'ANBU_SENS_SECRET_KEY', 'ANBU_SENS_SMS_SERVICE'],
    nhn: ['ANBU_NHN_SMS_APP_KEY', 'ANBU_NHN_SMS_SECRET_KEY'],
    solapi: ['ANBU_SOLAPI_API_KEY', 'ANBU_SOLAPI_API_SECRET'],
  },
  alimtalk: {
    sens: ['ANBU_SENS_ACCESS_KEY', 'ANBU_SENS_SECRET_KEY', 'ANBU_SENS_ALIMTALK_SERVICE'],
    nhn: ['ANBU_NHN_ALIMTALK_APP_KEY', 'ANBU_NHN_ALIMTALK_SECRET_KEY'],
    solapi: ['ANBU_SOLAPI_API_KEY', 'ANBU_SOLAPI_API_SECRET'],
  },
} as const satisfies Record<string, Record<z.infer<typeof Provider>, readonly Name[]>>

/** What is missing of a channel that is half set up, as sentences; empty when everything is whole. */
export function halfSet(env: Settings): string[] {
  const { ANBU_SMS_PROVIDER: sms, ANBU_ALIMTALK_PROVIDER: alimtalk } = env
  return [
    ...(sms ? missing(env, 'ANBU_SMS_PROVIDER', ['ANBU_SMS_FROM', ...ACCOUNT.sms[sms]]) : []),
    ...(alimtalk
      ? missing(env, 'ANBU_ALIMTALK_PROVIDER', [
          'ANBU_ALIMTALK_SENDER',
          'ANBU_ALIMTALK_TEMPLATE',
          ...ACCOUNT.alimtalk[alimtalk],
        ])
      : []),
    ...(env.ANBU_NTFY_TOKEN ? missing(env, 'ANBU_NTFY_TOKEN', ['ANBU_NTFY_URL']) : []),
  ]
}

function missing(env: Settings, because: Name, names: readonly Name[]): string[] {
  return names
    .filter((name) => env[name] === undefined)
    .map((name) => `${because} needs ${name} too`)
}
