import { randomUUID } from 'node:crypto'
import { type MqttClient, connect } from 'mqtt'
import type pg from 'pg'
import type { Logger } from 'pino'
import { TOPIC } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Clock } from '../core/time.ts'
import { applyEvent } from '../store/alerts.ts'
import { CANARY, CANARY_SENSOR, makeCanary, readCanary } from '../store/canary.ts'
import { beat } from '../store/gateways.ts'

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
 * life through the broker, it goes quiet, the detector misses it, the alert is acknowledged and closed here, and it
 * moves again. A round that came through is a pulse named `canary`; one that does not stops the heartbeat.
 */
export async function startCanary({
  every = LOOK_EVERY,
  ...deps
}: CanaryOptions): Promise<AsyncDisposable> {
  const { pool, clock, log, url, timeZone } = deps
  const secret = await makeCanary(pool, timeZone, clock.now())
  const line = connect(url, { clientId: CANARY, username: CANARY, password: secret, clean: true })
  line.on('error', (error) => log.warn({ err: error }, 'the canary is not let in'))
  const round: Round = { moved: null, seq: 0, boot: randomUUID() }
  // From its first moment on: a canary that never comes round is lost too.
  await beat(pool, 'canary', clock.now())
  const look = () =>
    goOn(deps, line, round).catch((error: unknown) =>
      log.warn({ err: error }, 'the canary could not go on; it is looked at again'),
    )
  let running = look()
  const timer = setInterval(() => {
    running = running.then(look)
  }, every)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      line.end(true)
      await running
    },
  }
}

/** `moved`: when this round's sign of life was acknowledged by the broker; null: that is to come. */
type Round = { moved: Millis | null; seq: number; readonly boot: string }

async function goOn(
  { pool, clock, log }: CanaryOptions,
  line: MqttClient,
  round: Round,
): Promise<void> {
  if (round.moved === null) {
    const at = clock.now()
    if (await say(line, round, true, at)) round.moved = at
    return
  }
  // That the gateway is heard makes its quiet a silence: a state that is only said again is no sign of life.
  await say(line, round, false, clock.now())
  const { alert, opened, lastActivity } = await readCanary(pool)
  if (alert === null || opened === null || opened < round.moved) return
  await applyEvent(pool, alert, { type: 'acknowledge', by: CANARY }, clock.now())
  const outcome = { type: 'outcome', by: CANARY, outcome: 'safe', note: '' } as const
  await applyEvent(pool, alert, outcome, clock.now())
  if (lastActivity < round.moved)
    log.error({ alert }, 'the canary moved, was acknowledged, and nobody knows of it')
  else await beat(pool, 'canary', clock.now())
  round.moved = null
}

const PATIENCE = 5000

/** Publishes, and resolves with whether the broker acknowledged it in time: then it is stored. */
async function say(line: MqttClient, round: Round, moves: boolean, at: Millis): Promise<boolean> {
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
