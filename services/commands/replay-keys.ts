import type { Lang } from '../core/sentence.ts'

/** What whoever sits at the terminal has asked of a replay. */
export type Controls = Disposable & {
  /** Resolves when the replay may go on. */
  readonly gate: () => Promise<void>
  /** Stands still until told otherwise. */
  readonly pause: () => void
  /** Whether to stand still as soon as a signal is raised. */
  isStepping: boolean
}

/** What a key does, as it is told beside the address of the console. */
export const KEYS: Readonly<Record<Lang, string>> = {
  ko: '스페이스: 멈춤과 계속 · n: 다음 신호까지 · q: 끝냄(나중에 이어 감)',
  en: 'space: pause and go on · n: on to the next signal · q: stop (and go on later)',
}

const CTRL_C = '\u0003'

/** What the keys do outside of this file: `stop` the replay, `tell` whoever pressed one. */
export type KeysOptions = { readonly stop: () => void; readonly tell: (line: string) => void }

/** Listens to the keys, where there is a terminal; without one nothing is asked. */
export function listen(
  { stop, tell }: KeysOptions,
  input: NodeJS.ReadStream = process.stdin,
): Controls {
  let standing: PromiseWithResolvers<void> | null = null
  const controls = {
    isStepping: false,
    gate: () => standing?.promise ?? Promise.resolve(),
    pause() {
      if (!standing) tell('Paused.')
      standing ??= Promise.withResolvers()
    },
    [Symbol.dispose]: () => undefined as void,
  }
  const go = () => {
    if (standing) tell('Going on.')
    standing?.resolve()
    standing = null
  }
  const press = (key: string) => {
    if (key === ' ' && standing) go()
    else if (key === ' ') controls.pause()
    if (key === 'n') controls.isStepping = true
    if (key === 'n') go()
    if (key !== 'q' && key !== CTRL_C) return
    stop()
    go()
  }
  if (input.isTTY) controls[Symbol.dispose] = hear(input, press)
  return controls
}

function hear(input: NodeJS.ReadStream, press: (key: string) => void): () => void {
  const onData = (data: Buffer) => data.toString().split('').forEach(press)
  input.setRawMode(true)
  input.on('data', onData)
  input.resume()
  return () => {
    input.off('data', onData)
    input.setRawMode(false)
    input.pause()
  }
}
