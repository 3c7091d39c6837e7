import { type ParseArgsConfig, parseArgs } from 'node:util'

/** Says how a script is called, and ends it, when that is what was asked. */
export function answerHelp(help: string): void {
  if (!process.argv.slice(2).some((each) => each === '--help' || each === '-h')) return
  process.stdout.write(`${help}\n`)
  process.exit(0)
}

/** Ends a script that was called wrongly, and says how it is called. */
export function calledWrongly(help: string, error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}\n`)
  process.exit(1)
}

/** Reads what a script was called with; with `--help`, or wrongly, it ends here. */
export function readArguments<const Config extends ParseArgsConfig>(
  help: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  answerHelp(help)
  try {
    return parseArgs(config)
  } catch (error) {
    return calledWrongly(help, error)
  }
}
