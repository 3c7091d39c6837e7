import { InvalidArgumentError, Option } from 'commander'

/** Reads an option that must be a number above 0. */
export function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('a number above 0')
  return number
}

/** The option that chooses the language of what is told: Korean where the terminal is. */
export function language(): Option {
  const korean = (process.env['LC_ALL'] ?? process.env['LANG'] ?? '').startsWith('ko')
  return new Option('--lang <lang>', 'the language of the story')
    .choices(['ko', 'en'])
    .default(korean ? 'ko' : 'en')
}

/** The examples below the help of a command, one a line. */
export function example(...commands: string[]): string {
  return ['', 'Examples:', ...commands.map((each) => `  ${each}`)].join('\n')
}

/** Prints a line for whoever called. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
