import type { WriteStream } from 'node:tty'
import type { Millis } from '../../schemas/time.ts'
import type { Lang } from '../core/sentence.ts'

/** How far a long work is. `left`: real milliseconds; when not given, as long as it took so far for the rest. */
export type Reached = {
  readonly done: number
  readonly total: number
  readonly detail: string
  readonly left?: Millis
}

/** Shows how far a long work is: a bar that redraws itself on a terminal, a line every few seconds elsewhere. */
export type Progress = {
  show(reached: Reached): void
  /** Says something above the bar. */
  readonly note: (line: string) => void
  end(): void
}

const WIDTH = 30
// Real milliseconds between two drawings.
const REDRAW = 100
const RELINE = 5000
// By its first moments nobody can say how long a work takes.
const SURE = 1000
const CLEAR = '\r\u001B[K'

/** Opens a progress bar named `label` on `out`. */
export function openProgress(
  label: string,
  lang: Lang = 'en',
  out: WriteStream = process.stderr,
): Progress {
  const started = performance.now()
  const pause = out.isTTY ? REDRAW : RELINE
  let drawn = -Infinity
  let last = ''
  let isDrawn = true
  const draw = () => {
    out.write(out.isTTY ? `${CLEAR}${last}` : `${last}\n`)
    drawn = performance.now()
    isDrawn = true
  }
  return {
    show({ done, total, detail, left }) {
      const passed = performance.now() - started
      const rest = left ?? (passed < SURE ? Infinity : (passed * (total - done)) / done)
      last = `${label} ${bar(done / total)} ${detail}, ${words(rest, lang)}`
      isDrawn = false
      if (performance.now() - drawn >= pause) draw()
    },
    note(line) {
      if (out.isTTY) out.write(CLEAR)
      process.stdout.write(`${line}\n`)
      if (out.isTTY && last !== '') draw()
    },
    end() {
      if (!isDrawn) draw()
      if (out.isTTY) out.write('\n')
    },
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH)
  return `[${'█'.repeat(full)}${' '.repeat(WIDTH - full)}] ${String(Math.floor(share * 100)).padStart(3)}%`
}

function words(left: Millis, lang: Lang): string {
  if (!Number.isFinite(left)) return '...'
  const all = Math.ceil(left / 1000)
  const [minutes, seconds] = [Math.floor(all / 60), all % 60]
  if (lang === 'ko') return `${minutes > 0 ? `${minutes}분 ` : ''}${seconds}초 남음`
  return `${minutes > 0 ? `${minutes} min ` : ''}${seconds} s left`
}
