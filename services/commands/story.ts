import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Clock } from '../core/time.ts'
import type { Lang } from '../core/sentence.ts'
import { type News, newsFrom, newsSince } from '../store/news.ts'
import { narrate } from './narrator.ts'

/** What to tell, in which language, and where. `heard` gets each piece of news after it was told. */
export type Telling = {
  readonly pool: pg.Pool
  readonly clock: Clock
  readonly lang: Lang
  readonly say: (line: string) => void
  readonly heard?: (news: News) => void
}

const LOOK = 200
/** News may become visible this much later than what is younger, in real milliseconds. */
const OVERLAP = 3000
const AT_ONCE = 200

/** Tells what happens from now on in the terminal, until `signal` aborts. */
export async function tellStory(telling: Telling, signal: AbortSignal): Promise<void> {
  const { pool, clock, lang, say, heard } = telling
  let cursor = newsFrom(clock.now(), OVERLAP * clock.speed)
  while (!signal.aborted) {
    const next = await newsSince(pool, cursor, AT_ONCE)
    cursor = next.cursor
    for (const news of next.news) {
      const line = narrate(news, lang)
      if (line !== null) say(line)
      heard?.(news)
    }
    await sleep(LOOK, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}
