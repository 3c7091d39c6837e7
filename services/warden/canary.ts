import { randomUUID } from 'node:crypto'
import { type MqttClient, connect } from 'mqtt'
import type pg from 'pg'
import type { Logger } from 'pino'
import { TOPIC } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Clock } from '../core/time.ts'
import { applyEvent } from '../store/alerts.ts'
import { CANARY, CANARY_SENSOR, type CanaryState, makeCanary, readCanary } from '../store/canary.ts'
import { nameOf } from '../store/claims.ts'
import { beat } from '../store/gateways.ts'
import { openKeeper } from '../store/keeper.ts'
import { takeReceipts } from '../store/receipts.ts'

/** What the canary needs. `url` is the broker's; `every`: real milliseconds between two looks. */
export type CanaryOptions = {
  readonly pool: pg.Pool
  readonly clock: Pick<Clock, 'now'>
  readonly log: Logger
  readonly url: string
  readonly timeZone: string
  readonly every?: number
}

const LOOK_EVERY = 10_000

/**
 * Lets a household of the machine's own go round for as long as it is not disposed of: its gateway publishes a sign of
 * life through the broker, it goes quiet, the detector misses it, its message is sent and has arrived, the alert is
 * acknowledged and closed here, and it moves again. A round that came through is a pulse named `canary`; one that does not
 * stops the heartbeat. Of several processes one lets it go round, for its gateway has one secret.
 */
export async function startCanary({
  every = LOOK_EVERY,
  ...deps
}: CanaryOptions): Promise<AsyncDisposable> {
  const { pool, log } = deps
  const keeper = openKeeper(pool, CANARY)
  let round: Round | null = null
  const leave = () => {
    round?.line.end(true)
    round = null
  }
  const look = async () => {
    try {
      if (!(await keeper.holds())) return leave()
      round ??= await begin(deps)
      await goOn(deps, round)
    } catch (error) {
      log.warn({ err: error }, 'the canary could not go on; it is looked at again')
    }
  }
  let running = look()
  const timer = setInterval(() => {
    running = running.then(look)
  }, every)
  await running
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
      leave()
      await keeper[Symbol.asyncDispose]()
    },
  }
}

/** `moved`: when this round's sign of life was acknowledged by the broker; null: that is to come. */
type Round = {
  readonly line: MqttClient
  moved: Millis | null
  seq: number
  readonly boot: string
}

async function begin({ pool, clock, log, url, timeZone }: CanaryOptions): Promise<Round> {
  const secret = await makeCanary(pool, timeZone, clock.now())
  const line = connect(url, { clientId: CANARY, username: CANARY, password: secret, clean: true })
  line.on('error', (error) => log.warn({ err: error }, 'the canary is not let in'))
  // From its first moment on: a canary that never comes round is lost too.
  await beat(pool, 'canary', clock.now())
  return { line, moved: null, seq: 0, boot: randomUUID() }
}

async function goOn({ pool, clock, log }: CanaryOptions, round: Round): Promise<void> {
  if (round.moved === null) {
    const at = clock.now()
    if (await say(round, true, at)) round.moved = at
    return
  }
  // That the gateway is heard makes its quiet a silence: a state that is only said again is no sign of life.
  await say(round, false, clock.now())
  const { alert, opened, lastActivity, message } = await readCanary(pool)
  if (alert === null || opened === null) return
  // What an earlier round has left tells nothing of this one.
  if (opened < round.moved) return await close(pool, alert, clock.now())
  if (!(await hasArrived(pool, message, clock.now()))) return
  await applyEvent(pool, alert, { type: 'acknowledge', by: CANARY }, clock.now())
  await close(pool, alert, clock.now())
  if (lastActivity < round.moved)
    log.error({ alert }, 'the canary moved, was acknowledged, and nobody knows of it')
  else await beat(pool, 'canary', clock.now())
  round.moved = null
}

/** Whether the message has arrived; one that was taken is told to have, as a device tells it, and is looked for again. */
async function hasArrived(
  pool: pg.Pool,
  message: CanaryState['message'],
  now: Millis,
): Promise<boolean> {
  if (message?.state !== 'accepted') return message?.state === 'delivered'
  const providerId = nameOf(message.id)
  const receipt = { provider: CANARY, providerId, delivery: null, detail: null } as const
  await takeReceipts(pool, [{ ...receipt, status: 'delivered' }], now)
  return false
}

async function close(pool: pg.Pool, alert: number, now: Millis): Promise<void> {
  await applyEvent(pool, alert, { type: 'outcome', by: CANARY, outcome: 'safe', note: '' }, now)
}

const PATIENCE = 5000

/** Publishes, and resolves with whether the broker acknowledged it in time: then it is stored. */
async function say(round: Round, moves: boolean, at: Millis): Promise<boolean> {
  const { line } = round
  if (!line.connected) return false
  const reading = { d: CANARY_SENSOR, m: 'motion', b: moves, t: new Date(at).toISOString() }
  const body = {
    v: 1,
    boot: round.boot,
    seq: round.seq++,
    r: [{ ...reading, k: moves ? 'event' : 'snapshot' }],
  }
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, PATIENCE, false)
  try {
    const sent = line.publishAsync(TOPIC.data(CANARY), JSON.stringify(body), { qos: 1 })
    return await Promise.race([sent.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
