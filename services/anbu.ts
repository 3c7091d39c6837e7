import { commandLine } from './commands/all.ts'
import { openLog, readEnvironment } from './commands/context.ts'
import { Refused } from './store/refused.ts'

// Whoever read what we say is gone (`| head`): that ends us as a signal would.
process.stdout.on('error', () => process.kill(process.pid, 'SIGTERM'))

await commandLine().parseAsync().catch(fail)

function fail(error: unknown): never {
  if (error instanceof Refused) process.stderr.write(`${error.message}\n`)
  else openLog(readEnvironment({})).fatal({ err: error }, 'ended by an error')
  // What a failed start leaves open must not keep the process alive.
  process.exit(1)
}
