import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Document, LineCounter, isNode, parseDocument } from 'yaml'
import type { z } from 'zod'
import { Scenario } from './scenario.ts'

/** A scenario that cannot be read: says each mistake with its line and place. */
export class NotAScenario extends Error {}

const SHIPPED = fileURLToPath(new URL('scenarios', import.meta.url))

/** The names of the scenarios that come with Anbu. */
export async function shippedScenarios(): Promise<readonly string[]> {
  const files = await readdir(SHIPPED)
  return files
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .toSorted((a, b) => (a < b ? -1 : 1))
}

/** Reads a scenario: the name of one that comes with Anbu, or a path. Throws `NotAScenario`. */
export async function readScenario(name: string): Promise<Scenario> {
  const isShipped = (await shippedScenarios()).includes(name)
  const path = isShipped ? join(SHIPPED, `${name}.yaml`) : name
  try {
    return parseScenario(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof NotAScenario) throw error
    const known = (await shippedScenarios()).join(', ')
    throw new NotAScenario(`${name} is no file, and none of: ${known}`, { cause: error })
  }
}

/** Reads the text of a scenario; `path` is for the mistakes. Throws `NotAScenario`. */
export function parseScenario(text: string, path: string): Scenario {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const mistakes = document.errors.map(({ pos, message }) => ({
    line: lineAt(lines, pos[0]),
    message,
  }))
  if (mistakes.length > 0) throw refused(path, mistakes)
  const scenario = Scenario.safeParse(document.toJS())
  if (scenario.success) return scenario.data
  throw refused(
    path,
    scenario.error.issues.map((issue) => ({
      line: lineOf(document, lines, issue),
      message: `${issue.path.join('.') || 'the whole'}: ${issue.message}`,
    })),
  )
}

type Mistake = { readonly line: number; readonly message: string }

function refused(path: string, mistakes: readonly Mistake[]): NotAScenario {
  return new NotAScenario(
    mistakes.map(({ line, message }) => `${path}:${line}: ${message}`).join('\n'),
  )
}

const lineAt = (lines: LineCounter, offset: number): number => lines.linePos(offset).line

// Where it stands; for what is missing, where it should.
function lineOf(document: Document, lines: LineCounter, { path }: z.core.$ZodIssue): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lineAt(lines, node.range[0])
  }
  return 1
}
