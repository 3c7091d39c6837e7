import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

/** Does a piece of work again until it is done, while what keeps it from being done may pass. */
export type Patience = Disposable & {
  /** Rejects when trying again cannot help, or when it is closed: then the work is not done. */
  readonly persist: <T>(work: () => Promise<T>) => Promise<T>
}

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5000

/** Opens it. While PostgreSQL is away the work waits, and so does whoever waits for it to be acknowledged. */
export function openPatience(log: Logger): Patience {
  const closing = new AbortController()
  const { signal } = closing
  return {
    async persist(work) {
      for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        try {
          return await work()
        } catch (error) {
          if (signal.aborted || judge(error) === 'bad') throw error
          log.warn({ err: error }, 'cannot reach the store now, trying again')
          const closed = await sleep(pause, false, { signal }).catch(() => true)
          if (closed) throw error
        }
      }
    },
    [Symbol.dispose]() {
      closing.abort()
    },
  }
}

/**
 * Whether trying again can help. SQLSTATE classes that say something of the data cannot: 22 data exception, 23
 * integrity constraint violation. Everything else (no connection, deadlock 40P01, serialisation 40001, disk full 53100
 * ...) passes or is mended by somebody, and until then nothing is acknowledged.
 */
export function judge(error: unknown): 'again' | 'bad' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^2[23]/.test(code) ? 'bad' : 'again'
}
