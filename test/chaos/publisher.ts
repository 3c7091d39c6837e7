import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'mqtt'

/** A gateway that publishes without a pause, each reading at a time of its own, and remembers what was acknowledged. */
export type Publisher = {
  /** The readings that were acknowledged: gateway and time, which no two have in common. */
  readonly acknowledged: string[]
  /** Publishes nothing new, and resolves when all that was published is acknowledged. */
  readonly finish: () => Promise<void>
}

const IN_FLIGHT = 10
// Readings of the last days, so that they fill many quarter hours: one every ten seconds.
const STEP = 10_000

const AGAIN = 100

/** Opens one. It comes back whenever its connection ends, and says again what was not acknowledged. */
export function openPublisher(options: {
  readonly url: string
  readonly gateway: string
  readonly secret: string
  readonly topic: string
  /** Real milliseconds between an acknowledgement and the next reading. */
  readonly pause: number
}): Publisher {
  const { gateway, topic } = options
  const client = connect(options.url, {
    clientId: gateway,
    username: gateway,
    password: options.secret,
    clean: false,
    reconnectPeriod: 200,
    reconnectOnConnackError: true,
  })
  client.on('error', () => undefined) // It tries again.
  const start = Math.floor(Date.now() / STEP) * STEP
  const acknowledged: string[] = []
  let seq = 0
  const finishing = new AbortController()
  const run = async () => {
    while (!finishing.signal.aborted) {
      const at = start - seq * STEP
      const r = [{ d: 'pir', m: 'motion', b: true, t: new Date(at).toISOString() }]
      const message = JSON.stringify({ v: 1, boot: 'chaos', seq: seq++, r })
      while (!(await isAcknowledged(client.publishAsync(topic, message, { qos: 1 }))))
        await sleep(AGAIN)
      acknowledged.push(`${gateway} ${at}`)
      if (options.pause > 0) await sleep(options.pause)
    }
  }
  const runs = Array.from({ length: IN_FLIGHT }, run)
  return {
    acknowledged,
    async finish() {
      finishing.abort()
      await Promise.all(runs)
      await client.endAsync()
    },
  }
}

// A line that breaks while mqtt.js says again what it has kept makes it give up what it was told meanwhile.
function isAcknowledged(published: Promise<unknown>): Promise<boolean> {
  return published.then(
    () => true,
    () => false,
  )
}
