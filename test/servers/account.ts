import type { Reporter } from 'vitest/node'
import { find, HOW, type Kind, KINDS, required } from './optional.ts'

/** A test that needs an optional server, and what became of it. */
export type Seen = { readonly kind: Kind; readonly ran: boolean }

/**
 * What is said at the end of a run about optional servers, and whether it fails the run: a kind that was required
 * must have been seen at work in at least one test, and in no test skipped.
 */
export function account(
  seen: readonly Seen[],
  must: readonly Kind[],
): { lines: string[]; ok: boolean } {
  const said = KINDS.map((kind) => accountOf(kind, seen, must.includes(kind)))
  return {
    lines: said.map(({ line }) => line).filter((line) => line !== ''),
    ok: said.every(({ ok }) => ok),
  }
}

function accountOf(kind: Kind, seen: readonly Seen[], must: boolean) {
  const skipped = seen.filter((test) => test.kind === kind && !test.ran).length
  const ran = seen.filter((test) => test.kind === kind && test.ran).length
  const tests = skipped === 1 ? '1 test' : `${skipped} tests`
  if (must && ran === 0 && skipped === 0)
    return { line: `required: ${kind}, but no test of it ran`, ok: false }
  if (must && skipped > 0)
    return { line: `required: ${kind}, but ${tests} of it were skipped: ${HOW[kind]}`, ok: false }
  return { line: skipped > 0 ? `skipped: ${kind} (${tests}): ${HOW[kind]}` : '', ok: true }
}

/** Names what was skipped for want of a server, at the end of a run, and fails it where ANBU_REQUIRE says so. */
export const accountant: Reporter = {
  onTestRunEnd(modules) {
    const seen = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) =>
        KINDS.filter((kind) => test.tags.includes(kind)).map((kind) => ({
          kind,
          ran: ['passed', 'failed'].includes(test.result().state),
        })),
      ),
    )
    const { lines, ok } = account(seen, required())
    for (const line of lines) process.stdout.write(`${line}\n`)
    if (!ok) process.exitCode = 1
  },
}

/** The tags of the optional kinds: tests of a kind that is absent are skipped, unless it is required. */
export const tags = KINDS.map((name) => ({
  name,
  skip: find(name) === null && !required().includes(name),
}))
