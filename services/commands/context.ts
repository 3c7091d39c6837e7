import { type Logger, pino } from 'pino'
import { z } from 'zod'
import { Environment } from '../../schemas/environment.ts'
import { Refused } from '../store/refused.ts'
import { startServer } from '../store/server.ts'

/** A mistake of whoever called us: told in one line, without a stack. */
export class UsageError extends Refused {}

/** Reads the environment once. Throws `UsageError` with every variable that is wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  // An empty variable is one that is not set: compose files write them so.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const env = Environment.safeParse(given)
  if (env.success) return env.data
  throw new UsageError(`the environment is not right:\n${z.prettifyError(env.error)}`)
}

/** The log of this process: one JSON line an event, on standard error. */
export function openLog(env: Environment): Logger {
  return pino({ level: env.ANBU_LOG_LEVEL }, pino.destination({ dest: 2, sync: true }))
}

/** The database to use: the one that is set, or our own in the data directory, which stops with `open`. */
export async function openDatabase(
  env: Environment,
  dataDir: string,
  log: Logger,
  open: AsyncDisposableStack,
): Promise<string> {
  if (env.ANBU_DATABASE_URL) return env.ANBU_DATABASE_URL
  return open.use(await startServer({ dataDir, log })).url
}

// npm passes on what the terminal has told us already: a signal that comes so soon is the same one, in milliseconds.
const SAME = 500

/** Aborts when the process is asked to end; asked again, it ends at once. */
export function untilStopped(): AbortSignal {
  const stop = new AbortController()
  let asked = Infinity
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (performance.now() - asked > SAME) process.exit(130)
      if (!stop.signal.aborted) asked = performance.now()
      stop.abort()
    })
  return stop.signal
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
