import pg from 'pg'
import { z } from 'zod'
import { query } from './pool.ts'

/** Whether this process has a part that one at a time may have. */
export type Keeper = AsyncDisposable & {
  /** Takes the part if nobody has it, and says whether it is ours now. */
  holds(): Promise<boolean>
}

/**
 * Keeps the part `name` for one process at a time, for as long as that one's session with the database lives: a lock that
 * PostgreSQL lets go of when the process is gone. The session is one of its own: from the pool it would be lent for ever.
 */
export function openKeeper(pool: pg.Pool, name: string): Keeper {
  let session: pg.Client | null = null
  const leave = async () => {
    const left = session
    session = null
    await left?.end().catch(() => undefined)
  }
  return {
    async holds() {
      if (session !== null) return true
      // A machine that is gone without a word is missed after a minute, and not after the two hours of most systems.
      // Nor do we think it ours for longer: two who listen elsewhere under one name would throw each other out for hours.
      const client = new pg.Client({
        ...pool.options,
        keepAlive: true,
        keepAliveInitialDelayMillis: 30_000,
      })
      // A session that is lost has lost the part: somebody else may have it by now.
      client.on('error', () => void leave())
      client.on('end', () => void leave())
      await client.connect()
      session = client
      await client.query(
        'set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3',
      )
      const [lock] = await query(
        client,
        z.object({ got: z.boolean() }),
        `select pg_try_advisory_lock(hashtext('keeper'), hashtext($1)) as got`,
        [name],
      )
      if (!lock?.got) await leave()
      return session !== null
    },
    [Symbol.asyncDispose]: leave,
  }
}
