import type { Outlook } from '../store/outlook.ts'
import { type NewsCursor, newsFrom, newsSince } from '../store/news.ts'
import type { Reached } from '../../simulator/replay.ts'
import type { Lang } from '../core/sentence.ts'
import { HOUR } from '../core/time.ts'
import { localTime, narrate } from './narrator.ts'
import type { Progress } from './progress.ts'
import type { ReplayHouse } from './replay-house.ts'
import type { Controls } from './replay-keys.ts'
import type { Subject } from './replay-subject.ts'

/** What is told, and to whom. */
export type StoryOptions = {
  readonly house: ReplayHouse
  readonly subject: Subject
  readonly options: {
    readonly lang: Lang
    readonly speed: number | 'max'
    readonly until?: 'signal'
    readonly json?: true
  }
  readonly controls: Controls
  readonly stop: AbortController
  readonly progress: Progress
}

/** Tells a replay while it goes: what happened, how far it is, and stops where somebody wants to look. */
export type Story = {
  readonly look: (outlook: Outlook) => void
  readonly onStep: (reached: Reached) => Promise<void>
  /** Tells what is left to tell. */
  readonly end: () => Promise<void>
}

// Real milliseconds between two looks at the news, and how many of them at once.
const LOOK = 200
const AT_ONCE = 500
// A case that is closed in the name of its last sign of life is written later than that.
const OVERLAP = 2 * HOUR

/** Opens the story of a replay. */
export function openStory({
  house,
  subject,
  options,
  controls,
  stop,
  progress,
}: StoryOptions): Story {
  let cursor: NewsCursor = newsFrom(house.clock.now(), OVERLAP)
  let looked = performance.now()
  let newest: number | null = null
  const show = shower(subject, options, house.clock.now(), progress)

  const tell = async () => {
    looked = performance.now()
    for (;;) {
      const next = await newsSince(house.pool, cursor, AT_ONCE)
      cursor = next.cursor
      for (const news of next.news) {
        const line = options.json ? null : narrate(news, options.lang)
        if (line !== null) progress.note(line)
      }
      if (next.news.length < AT_ONCE) return
    }
  }

  return {
    look({ signals }) {
      const isNew = newest !== null && signals > newest
      newest = signals
      if (isNew && options.until === 'signal') stop.abort()
      if (!isNew || !controls.isStepping) return
      controls.isStepping = false
      controls.pause()
    },
    async onStep(reached) {
      show(reached)
      if (performance.now() - looked >= LOOK) await tell()
    },
    end: tell,
  }
}

function shower(
  { from, to, timeZone }: Subject,
  { lang, speed }: StoryOptions['options'],
  begun: number,
  progress: Progress,
): (reached: Reached) => void {
  const started = performance.now()
  return ({ at, published }) => {
    const passed = performance.now() - started
    const left = speed === 'max' ? (passed * (to - at)) / (at - begun) : (to - at) / speed
    const rate = Math.round((published * 1000) / passed).toLocaleString('en')
    const pace = lang === 'ko' ? `1초에 측정값 ${rate}개` : `${rate} readings/s`
    const detail = `${localTime(at, timeZone, lang)}, ${pace}`
    progress.show({ done: at - from, total: to - from, detail, left })
  }
}
