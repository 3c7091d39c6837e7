import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** The first wait before a lost session is opened again, in real milliseconds; doubled up to `LONGEST`. */
const SHORTEST = 200
const LONGEST = 5_000

/** Ends listening. `listening()` says whether changes arrive now; while not, whoever shows the board must poll. */
export type BoardChanges = AsyncDisposable & { listening(): boolean }

/**
 * Calls `changed` whenever something on the board may have changed, and after each reconnect, since what
 * happened meanwhile was not heard. Listens on a session of its own: one from the pool would be lent for ever.
 */
export function onBoardChange(pool: pg.Pool, changed: () => void): BoardChanges {
  const ending = new AbortController()
  let listening = false
  const life = keepListening(
    pool,
    ending.signal,
    (is) => {
      listening = is
      if (is) changed()
    },
    changed,
  )
  return {
    listening: () => listening,
    async [Symbol.asyncDispose]() {
      ending.abort()
      await life
    },
  }
}

async function keepListening(
  pool: pg.Pool,
  ending: AbortSignal,
  became: (listening: boolean) => void,
  changed: () => void,
): Promise<void> {
  for (let wait = SHORTEST; !ending.aborted; wait = Math.min(wait * 2, LONGEST)) {
    const heard = await listenOnce(pool, ending, () => became(true), changed)
    became(false)
    if (heard) wait = SHORTEST
    // The wait is cut short by the end, which the loop sees.
    if (!ending.aborted) await sleep(wait, undefined, { signal: ending }).catch(() => undefined)
  }
}

/** Listens until the session is lost or the end comes; false when it never began. */
async function listenOnce(
  pool: pg.Pool,
  ending: AbortSignal,
  began: () => void,
  changed: () => void,
): Promise<boolean> {
  const client = new pg.Client({ ...pool.options, keepAlive: true })
  const over = Promise.withResolvers<void>()
  client.on('error', () => over.resolve())
  client.on('end', () => over.resolve())
  client.on('notification', changed)
  const stop = () => over.resolve()
  ending.addEventListener('abort', stop)
  try {
    await client.connect()
    await client.query('listen board')
    began()
    await over.promise
    return true
  } catch {
    // The server is away: expected, and tried again. /health says so meanwhile.
    return false
  } finally {
    ending.removeEventListener('abort', stop)
    await client.end().catch(() => undefined)
  }
}
