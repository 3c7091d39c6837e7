import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { TimeZone } from '../../schemas/time.ts'
import { UsageError } from './context.ts'
import { table } from './table.ts'

/** Reads an option that must be a number above 0. */
export function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('a number above 0')
  return number
}

/** Reads an option that must be a whole number from 1 on. */
export function whole(text: string): number {
  const number = Number(text)
  if (!(Number.isSafeInteger(number) && number > 0))
    throw new InvalidArgumentError('a whole number from 1 on')
  return number
}

/** Reads an option that must name a time zone. */
export function zone(text: string): string {
  if (TimeZone.safeParse(text).success) return text
  throw new InvalidArgumentError('not an IANA time zone, such as Asia/Seoul')
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

/** Prints what stands beside the answer: on standard error where `--json` asks for the answer alone. */
export function sayBeside({ json: isAlone }: { readonly json?: true }): (text: string) => void {
  return isAlone ? (text) => void process.stderr.write(`${text}\n`) : say
}

/** Throws `UsageError` when no file can be written there, before long work is done for it. */
export async function checkWritable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) throw new UsageError(`${path} is a folder: name a file`)
  await access(found ? path : dirname(path), constants.W_OK).catch((error: Error) => {
    throw new UsageError(`${path} cannot be written: ${error.message}`, { cause: error })
  })
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
