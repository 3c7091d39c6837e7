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
export const KEYS = 'space: pause and go on · n: on to the next signal · q: stop (and go on later)'

const CTRL_C = '\u0003'

/** Listens to the keys, where there is a terminal; without one nothing is asked. */
export function listen(stop: () => void, input: NodeJS.ReadStream = process.stdin): Controls {
  let standing: PromiseWithResolvers<void> | null = null
  const controls = {
    isStepping: false,
    gate: () => standing?.promise ?? Promise.resolve(),
    pause: () => void (standing ??= Promise.withResolvers()),
    [Symbol.dispose]: () => undefined as void,
  }
  const go = () => {
    standing?.resolve()
    standing = null
  }
  const press = (key: string) => {
    if (key === ' ') (standing ? go : controls.pause)()
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
