import { commandLine } from './commands/all.ts'
import { UsageError, openLog, readEnvironment } from './commands/context.ts'

await commandLine().parseAsync().catch(fail)

function fail(error: unknown): never {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n`)
  else openLog(readEnvironment({})).fatal({ err: error }, 'ended by an error')
  // What a failed start leaves open must not keep the process alive.
  process.exit(1)
}
