import { z } from 'zod'
import { halfSet, ProviderSettings } from './providers.ts'
import { TimeZone } from './time.ts'

const Port = z.coerce.number().int().min(0).max(65_535)
const Secret = z.string().min(32, 'at least 32 characters; make one with: openssl rand -base64 32')

const Settings = z.object({
  ...ProviderSettings,
  /** PostgreSQL, such as postgres://anbu:secret@db:5432/anbu. Absent: an own server in ANBU_DATA_DIR. */
  ANBU_DATABASE_URL: z.url().optional(),
  /** Redis for the queues, such as redis://redis:6379. Absent: the queues live in PostgreSQL. */
  ANBU_REDIS_URL: z.url().optional(),
  ANBU_DATA_DIR: z.string().default('data'),
  /** The address to listen on. The default is reachable from this machine only. */
  ANBU_HOST: z.string().default('127.0.0.1'),
  ANBU_MQTT_PORT: Port.default(1883),
  /** The certificate and its key (paths of PEM files) for MQTT with TLS. Absent: no such door. */
  ANBU_TLS_CERT: z.string().optional(),
  ANBU_TLS_KEY: z.string().optional(),
  /** Who signs certificates of gateways, which then need no password. The common name is the gateway. */
  ANBU_TLS_CLIENT_CA: z.string().optional(),
  /** The address of the doors with TLS: they are made for the outside. */
  ANBU_TLS_HOST: z.string().default('0.0.0.0'),
  ANBU_TLS_PORT: Port.default(8883),
  /** The port for MQTT over WebSocket: with TLS where there is any. Absent: no such door. */
  ANBU_WS_PORT: Port.optional(),
  /** Open connections of gateways in all, and from one address. */
  ANBU_MQTT_CONNECTIONS: z.coerce.number().int().min(1).default(20_000),
  ANBU_MQTT_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).default(10_000),
  /** New connections a second. */
  ANBU_MQTT_CONNECTS_PER_SECOND: z.coerce.number().min(1).default(1000),
  /** KiB a second that one gateway may send for long. */
  ANBU_GATEWAY_KIB_PER_SECOND: z.coerce.number().min(1).default(256),
  /** A broker of another house to listen to, such as mqtts://anbu:secret@broker.example:8883. Absent: none. */
  ANBU_MQTT_URL: z.url({ protocol: /^(mqtts?|wss?)$/ }).optional(),
  /** Under which name it keeps our session: it must stay the same, and be that of no other installation. */
  ANBU_MQTT_CLIENT_ID: z.string().min(1).max(60).default('anbu'),
  /** What it speaks. With 3.1.1 one line hears everything; with 5 four share it. */
  ANBU_MQTT_VERSION: z.enum(['3.1.1', '5']).default('5'),
  ANBU_HTTP_PORT: Port.default(8080),
  /** The port where a process with broker or ingest tells Prometheus its figures. Absent: no such port. */
  ANBU_METRICS_PORT: Port.optional(),
  /** The address under which staff reach the console: it stands in messages. */
  ANBU_PUBLIC_URL: z.url().optional(),
  /** The office's time zone: for what belongs to no home. Every home has its own. */
  ANBU_TIME_ZONE: TimeZone.default('Asia/Seoul'),
  /** Where a call service takes the question to a resident, before staff are told. Absent: nobody is asked first. */
  ANBU_ASK_URL: z.url().optional(),
  /** The mail server, such as smtp://user:secret@mail.example:587. Absent: nobody is reached by mail. */
  ANBU_SMTP_URL: z.url().optional(),
  ANBU_MAIL_FROM: z.string().default('Anbu <anbu@localhost>'),
  /** Signs webhooks (Standard Webhooks, "whsec_" and base64). Absent: made once, kept in ANBU_DATA_DIR. */
  ANBU_WEBHOOK_SECRET: z.string().startsWith('whsec_').optional(),
  /** Signs sign-in links and sessions of the console. */
  ANBU_SESSION_KEY: Secret.optional(),
  /** Encrypts who lives where (AES-256-GCM). Lost: the names are lost. */
  ANBU_NAMES_KEY: Secret.optional(),
  /** Who is told every 30 s that all is at work, and pages somebody when that ends. Absent: nobody. */
  ANBU_HEARTBEAT_URL: z.url().optional(),
  /** The broker's door for the canary, such as mqtt://broker:1883. Absent: that of the same process, or no canary. */
  ANBU_CANARY_URL: z.url().optional(),
  /** Readings older than this are dropped and refused. */
  ANBU_RETENTION_DAYS: z.coerce.number().int().min(61).max(3650).default(90),
  ANBU_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

/** Everything that is set from outside, read once in main. `.env.example` explains each to an operator. */
export const Environment = Settings.check(({ value, issues }) => {
  for (const message of halfSet(value)) issues.push({ code: 'custom', message, input: value })
})
export type Environment = z.infer<typeof Environment>
