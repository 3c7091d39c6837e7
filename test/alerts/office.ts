import type pg from 'pg'
import { type Logger, pino } from 'pino'
import { Environment } from '../../schemas/environment.ts'
import { NO_CONTACTS, type Person } from '../../schemas/household.ts'
import { Channel } from '../../schemas/channel.ts'
import type { Grade, Reason, SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { openChannels } from '../../services/alerts/channels.ts'
import { deliver, type Channels } from '../../services/alerts/deliver.ts'
import { escalate } from '../../services/alerts/escalate.ts'
import { messageWriter } from '../../services/alerts/message.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import type { Voice } from '../../services/store/alerts.ts'
import { addHousehold, addPerson, addPlan } from '../../services/store/homes.ts'
import { instant } from '../../services/store/pool.ts'
import { test as withDatabase } from '../database.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { openReceiver, type Receiver, SECRET } from './receiver.ts'

/** What seals in this office. */
export const NAMES_KEY = 'a made-up key for names, of enough characters!'

/** Nine in the morning of a working Tuesday in Seoul. */
export const NINE = Date.parse('2026-03-03T09:00:00+09:00')

/** One of the staff, made up. */
export function staff(person: string, role: Person['role'], rest: Partial<Person> = {}): Person {
  const email = `${person}@example.org`
  return {
    person,
    name: `Made-up ${person}`,
    role,
    office: 'gwanak',
    ...NO_CONTACTS,
    email,
    ...rest,
  }
}

/**
 * A made-up office: kim is the planner of every home and has both ways, park is on duty and oh supervises, both by
 * e-mail; nobody is a technician. Time stands still until the test moves it.
 */
export type Office = {
  readonly pool: pg.Pool
  readonly receiver: Receiver
  readonly mailbox: Mailbox
  readonly channels: Channels
  /** The channels that are set up: both, until the test takes one away. */
  setUp: readonly Channel[]
  /** Makes the links that answer without signing in: none until the test has one. */
  pass: Voice['pass']
  /** Whether there is a way to ask residents: not until the test makes one. */
  asks: boolean
  now: Millis
  /** What the engines could not do. A test that expects any takes it; what is left at the end fails the test. */
  readonly errors: string[]
  readonly log: Logger
  /** How people are told. */
  readonly voice: Voice
  /** Adds a home of this office and returns its number. */
  home(household: string): Promise<number>
  /** Raises a signal as the detector does, and returns its number. */
  signal(home: number, grade: Grade, kind?: SignalKind): Promise<number>
  /** One sweep of an engine, which may die before any commit. Resolves with how many tellings it planned. */
  escalate(fate?: 'lives' | 'dies', through?: pg.Pool): Promise<number>
  /** Sends what is due, with half of each backoff. */
  deliver(channels?: Partial<Channels>, pool?: pg.Pool): Promise<void>
  /** The only row of a statement, or a failure. */
  row(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>>
  /** The deliveries in the order of planning, as "person channel state". */
  deliveries(): Promise<string[]>
}

/** A test with an office, a mail server and a webhook receiver of its own. */
export const test = withDatabase
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
  .extend('receiver', async ({}, { onCleanup }) => {
    const receiver = await openReceiver()
    onCleanup(() => receiver[Symbol.asyncDispose]())
    return receiver
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend('mailbox', async ({}, { onCleanup }) => {
    const mailbox = await openMailbox()
    onCleanup(() => mailbox[Symbol.asyncDispose]())
    return mailbox
  })
  .extend('office', async ({ pool, receiver, mailbox }, { onCleanup }) => {
    await addPlan(pool, STANDARD_PLAN)
    const people = [
      staff('kim', 'planner', { webhook: receiver.url('kim') }),
      staff('park', 'duty'),
      staff('oh', 'supervisor'),
    ]
    for (const person of people) await addPerson(pool, person)
    const office = await openOffice(pool, receiver, mailbox)
    onCleanup(() => {
      if (office.errors.length > 0) throw new Error(`unexpected:\n${office.errors.join('\n')}`)
    })
    return office
  })

async function openOffice(pool: pg.Pool, receiver: Receiver, mailbox: Mailbox): Promise<Office> {
  const errors: string[] = []
  const log = pino({ level: 'error' }, { write: (line) => void errors.push(line) })
  const env = Environment.parse({
    ANBU_SMTP_URL: mailbox.url,
    ANBU_MAIL_FROM: 'Anbu <anbu@office.example>',
    ANBU_OUTSIDE_ALLOW: '127.0.0.0/8',
  })
  const secrets = { webhookSecret: SECRET, sessionKey: 'made up', namesKey: NAMES_KEY }
  const { channels } = await openChannels({ env, secrets, pool, now: Date.now, log })
  const write = messageWriter('https://anbu.example/console')
  const office: Office = {
    pool,
    receiver,
    mailbox,
    channels,
    setUp: Channel.options,
    pass: null,
    asks: false,
    get voice() {
      return { write, channels: office.setUp, asks: office.asks, pass: office.pass }
    },
    now: NINE,
    errors,
    log,
    home: (household) => addHome(office, household),
    signal: (home, grade, kind = 'inactivity') => raise(office, home, grade, kind),
    escalate: (fate = 'lives', through = pool) =>
      escalate({
        pool: fate === 'dies' ? mortal(through) : through,
        log,
        voice: office.voice,
        now: () => office.now,
      }),
    deliver: (others = {}, through = pool) => {
      const clock = { now: () => office.now, speed: 1, after: nobodyWaits }
      const all = { ...channels, ...others }
      const { signal: stop } = new AbortController()
      return deliver({
        pool: through,
        channels: all,
        clock,
        log,
        random: () => 0.5,
        stop,
      })
    },
    async row(text, values = []) {
      const { rows } = await pool.query<Record<string, unknown>>(text, [...values])
      if (rows.length !== 1 || !rows[0]) throw new Error(`${rows.length} rows, not 1: ${text}`)
      return rows[0]
    },
    async deliveries() {
      const { rows } = await pool.query<{ line: string }>(
        `select concat_ws(' ', person, channel, state) as line from delivery order by planned_at, id`,
      )
      return rows.map(({ line }) => line)
    },
  }
  return office
}

// Every transaction is lost at its end, as when the process dies just before.
function mortal(pool: pg.Pool): pg.Pool {
  return new Proxy(pool, {
    get: (target, name) =>
      name === 'connect'
        ? async () => dying(await target.connect())
        : bound(target, Reflect.get(target, name)),
  })
}

function dying(client: pg.PoolClient): pg.PoolClient {
  return new Proxy(client, {
    get: (target, name) =>
      name === 'query'
        ? (text: string, values: unknown[]) =>
            text === 'commit'
              ? Promise.reject(new Error('the engine died'))
              : target.query(text, values)
        : bound(target, Reflect.get(target, name)),
  })
}

function bound(target: object, value: unknown): unknown {
  return typeof value === 'function' ? value.bind(target) : value
}

const nobodyWaits = () => Promise.reject(new Error('nobody waits for a time in these tests'))

async function addHome(office: Office, household: string): Promise<number> {
  const home = { household, office: 'gwanak', alias: '행운동 3호', dong: '행운동', planner: 'kim' }
  await addHousehold(office.pool, { ...home, timeZone: 'Asia/Seoul', tier: 'mid' }, office.now)
  const added = await office.row('select id from household where household = $1', [household])
  return Number(added['id'])
}

async function raise(
  office: Office,
  home: number,
  grade: Grade,
  kind: SignalKind,
): Promise<number> {
  const { now } = office
  const reasons: Partial<Record<SignalKind, Reason>> = {
    inactivity: {
      rule: 'ceiling',
      since: now - 26 * HOUR,
      silentFor: 26 * HOUR,
      expected: 31.5,
      longest: 11 * HOUR,
      lastRoom: 'kitchen',
      presence: 'home',
      ceiling: 24 * HOUR,
    },
    sos: { rule: 'sos', uid: '0x00158d0002', room: 'bed room', pressed: now },
    door: {
      rule: 'door-open',
      uid: '0x00158d0003',
      room: 'hall',
      since: now - HOUR,
      limit: 30 * MINUTE,
    },
    blind: { rule: 'gateway-offline', lastSeen: now - HOUR },
    sensor: {
      rule: 'sensor-silent',
      uid: '0x00158d0001',
      kind: 'motion',
      room: 'kitchen',
      lastSeen: now - 26 * HOUR,
      limit: 26 * HOUR,
      battery: 3,
    },
  }
  const reason = reasons[kind]
  if (!reason) throw new Error(`${kind}: these come from the alert service itself`)
  const raised = await office.row(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     values ($1, $2, $3, $4, $4, $5, 'made-up') returning id`,
    [home, kind, grade, instant(now), reason],
  )
  return Number(raised['id'])
}
