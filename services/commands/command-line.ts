import { InvalidArgumentError, Option } from 'commander'
import { table } from './table.ts'

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

/** The option that asks for what a program reads. */
export function json(): Option {
  return new Option('--json', 'one JSON object a line; instants in ISO 8601')
}

/** Prints what was found: a table for people, or JSON, an object a line, with every instant of `INSTANTS` as ISO 8601. */
export function print<Row extends object>(
  { json: asJson }: { readonly json?: boolean },
  found: readonly Row[],
  how: {
    readonly heads: readonly string[]
    readonly row: (one: Row) => readonly string[]
    readonly none: string
  },
): void {
  if (asJson) for (const one of found) say(JSON.stringify(one, inIso))
  else say(found.length === 0 ? how.none : table(how.heads, found.map(how.row)))
}

const INSTANTS: ReadonlySet<string> = new Set(['since', 'until', 'at', 'from'])

function inIso(name: string, value: unknown): unknown {
  return INSTANTS.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value
}
