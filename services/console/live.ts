import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { Clock } from '../core/time.ts'

/** After this many real milliseconds without a word the browser says that the line is lost: two beats and a half. */
export const LIVE_SILENCE = 37_500

const BEAT = 15_000
// A fast clock moves a whole day while one beat of a wall clock passes.
const FAST_BEAT = 1_000
/** The least time between two words to one browser: about four a second, while the board is quickly read. */
const PAUSE = 250
// In a storm everything changes all the time: rather a board that is some seconds old than one that nobody gets.
const LONGEST_PAUSE = 5_000
const SHARE = 4
const STREAMS = 500
// How soon a browser comes back after it lost the line.
const RETRY = 2_000

/**
 * Tells every open page that something may have changed. It holds no queue: a page that is slow to read
 * hears once, late, and fetches what is true then.
 */
export type Live = Disposable & {
  changed(): void
  /** Resolves as soon as `version` is above `seen`, after `ms`, when `gone` aborts, or at the end. */
  next(seen: number, ms: number, gone: AbortSignal): Promise<void>
  readonly ended: boolean
  readonly version: number
  /** How many pages listen. */
  streams: number
  /** How long the board took to be read, last time, in milliseconds. */
  cost: number
}

/** How long, in milliseconds, a page is told nothing more, so that all pages together take a quarter of one connection. */
export function pauseOf({ streams, cost }: Pick<Live, 'streams' | 'cost'>): number {
  return Math.min(LONGEST_PAUSE, Math.max(PAUSE, SHARE * streams * cost))
}

/** Opens the hub of live pages. */
export function openLive(): Live {
  const looks = new Set<() => void>()
  const state = { version: 0, ended: false }
  const lookAll = () => looks.forEach((look) => look())
  return {
    streams: 0,
    cost: 0,
    get ended() {
      return state.ended
    },
    get version() {
      return state.version
    },
    changed() {
      state.version += 1
      lookAll()
    },
    next(seen, ms, gone) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = () => {
        if (state.version > seen || state.ended) resolve()
      }
      const timer = setTimeout(resolve, ms)
      const leave = () => resolve()
      gone.addEventListener('abort', leave)
      looks.add(look)
      look()
      return promise.finally(() => {
        clearTimeout(timer)
        looks.delete(look)
        gone.removeEventListener('abort', leave)
      })
    },
    [Symbol.dispose]() {
      state.ended = true
      lookAll()
    },
  }
}

/** Answers with the stream of changes: `change` when something may be new, `beat` when nothing is. The data is the clock. */
export function liveStream(c: Context, live: Live, clock: Clock): Response {
  if (live.streams >= STREAMS) return c.text('too many live pages', 503)
  // A proxy that buffers would hold the words back (nginx obeys this header).
  c.header('X-Accel-Buffering', 'no')
  live.streams += 1
  return streamSSE(c, async (stream) => {
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    try {
      await tellChanges(stream, live, clock, gone.signal)
    } finally {
      live.streams -= 1
    }
  })
}

async function tellChanges(
  stream: SSEStreamingApi,
  live: Live,
  clock: Clock,
  gone: AbortSignal,
): Promise<void> {
  const every = clock.speed > 1 ? FAST_BEAT : BEAT
  let told = live.version
  await stream.writeSSE({ event: 'beat', data: String(clock.now()), retry: RETRY })
  while (!gone.aborted && !live.ended) {
    await live.next(told, every, gone)
    const event = live.version > told ? 'change' : 'beat'
    told = live.version
    await stream.writeSSE({ event, data: String(clock.now()) })
    // No version is above this one: a pause that only the end cuts short.
    await live.next(Number.POSITIVE_INFINITY, pauseOf(live), gone)
  }
}
