import { readFile, readdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Reason } from '../schemas/signal.ts'
import { commandLine } from '../services/commands/all.ts'
import { sentence } from '../services/core/sentence.ts'
import { DAY, HOUR, MINUTE } from '../services/core/time.ts'
import { EIGHT, QUIET } from './core/quiet-reason.ts'

const ROOT = new URL('../', import.meta.url)

type Page = { readonly path: string; readonly text: string; readonly prose: string }

const PAGES: readonly Page[] = await pages()

test('every link of a page leads to a file, and to a heading that is there', async () => {
  const links = PAGES.flatMap(({ path, prose }) =>
    [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => ({ path, to })),
  ).filter(({ to }) => !/^[a-z]+:/.test(to))
  expect(links.length).toBeGreaterThan(50)
  const broken = await Promise.all(
    links.map(async (link) => ((await resolves(link)) ? null : `${link.path}: ${link.to}`)),
  )
  expect(broken.filter((each) => each !== null)).toEqual([])
})

test('every page that a page names without a link is there', async () => {
  const named = PAGES.flatMap(({ text }) => text.match(/\bdocs\/[\w./-]+\.(?:md|png|svg)/g) ?? [])
  const there = await Promise.all(
    [...new Set(named)].map(async (each) => [each, await isThere(each)]),
  )
  expect(there.filter(([, is]) => is !== true)).toEqual([])
})

test('every command of a page exists, with its options', async () => {
  const file: unknown = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'))
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(file)
  const commands = PAGES.flatMap(({ path, text }) =>
    commandsOf(text).map((line) => ({ path, line })),
  )
  expect(commands.length).toBeGreaterThan(100)
  const wrong = commands.flatMap(({ path, line }) => {
    const why = wrongWith(line, scripts)
    return why === null ? [] : [`${path}: ${line}: ${why}`]
  })
  expect(wrong).toEqual([])
})

test('what planners are told about reasons is what a signal says', async () => {
  const page = PAGES.find(({ path }) => path === 'docs/detection.ko.md')
  const quoted = [...(page?.text ?? '').matchAll(/^> (.+)$/gm)].map(([, said = '']) => said)
  expect(quoted).toEqual(REASONS.map((each) => sentence(each, 'ko', 'Asia/Seoul')))
})

async function pages(): Promise<Page[]> {
  const inDocs = (await readdir(new URL('docs/', ROOT))).map((name) => `docs/${name}`)
  const paths = [...inDocs, ...(await readdir(ROOT))].filter((each) => each.endsWith('.md'))
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(new URL(path, ROOT), 'utf8')
      return {
        path,
        text,
        prose: text.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, ''),
      }
    }),
  )
}

async function resolves({ path, to }: { path: string; to: string }): Promise<boolean> {
  const [file = '', heading] = to.split('#')
  const target = file === '' ? path : fileURLToPath(new URL(file, new URL(path, ROOT)))
  if (file !== '' && !(await isThere(target))) return false
  if (heading === undefined) return true
  const text = await readFile(file === '' ? new URL(path, ROOT) : target, 'utf8')
  return headingsOf(text).includes(decodeURIComponent(heading))
}

// As GitHub names them.
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

async function isThere(path: string): Promise<boolean> {
  return stat(new URL(path, ROOT)).then(
    () => true,
    () => false,
  )
}

// Between backticks, in fences and in indented lines; two in one line stand far apart.
function commandsOf(text: string): string[] {
  const spans = [...text.matchAll(/`((?:npm run|anbu) [^`\n]*)`/g)].map(([, line = '']) => line)
  const lines = text.match(/^(?: {4})?(?:npm run|anbu) [^\n]*/gm) ?? []
  return [...spans, ...lines.flatMap((line) => line.trim().split(/ {2,}(?=npm run|anbu)/))]
    .map((line) => line.replace(/\s+#.*$/, '').replace(/\s&&.*$/, ''))
    .filter((line) => /^(?:npm run|anbu) [-a-z]/.test(line))
}

function wrongWith(line: string, scripts: Readonly<Record<string, string>>): string | null {
  const said = line.replace(/^npm run (?:-s )?/, '').split(/\s+/)
  const [script = '', ...words] = said.filter((each) => each !== '--')
  if (!(script in scripts)) return `no script ${script}`
  if (script === 'anbu') return wrongWords(words)
  return ['demo', 'replay'].includes(script) ? wrongWords([script, ...words]) : null
}

function wrongWords(words: readonly string[]): string | null {
  let command: Command = commandLine()
  for (const word of words) {
    if (word.startsWith('--')) {
      const name = word.split('=')[0]
      if (name !== '--help' && !command.options.some(({ long }) => long === name))
        return `no option ${word}`
      continue
    }
    if (command.commands.length === 0) continue
    const next = command.commands.find(
      (each) => each.name() === word || each.aliases().includes(word),
    )
    if (!next) return `no command ${word}`
    command = next
  }
  return null
}

const SPOKE = [{ room: '현관', kind: 'open', at: EIGHT - 7 * MINUTE } as const]

const REASONS: readonly Reason[] = [
  {
    ...QUIET,
    rule: 'surprise',
    surprise: 15,
    threshold: 14,
    budget: 0.3,
    spoke: SPOKE,
    running: { since: EIGHT - HOUR, room: '거실', role: 'plug' },
  },
  { ...QUIET, rule: 'ceiling', silentFor: 36 * HOUR, longest: null, ceiling: 36 * HOUR },
  { ...QUIET, rule: 'alone', othersSince: EIGHT, limit: 23 * HOUR },
  { ...QUIET, rule: 'alone', othersSince: EIGHT, limit: 12 * HOUR, few: true },
  { ...QUIET, rule: 'alone', othersSince: EIGHT, limit: 23 * HOUR, restless: HOUR / 2 },
  { ...QUIET, rule: 'alone', othersSince: EIGHT, limit: DAY, scant: { few: 5, usual: 20 } },
  {
    ...QUIET,
    rule: 'away',
    silentFor: 19 * HOUR,
    limit: 18 * HOUR,
    presence: 'away',
    spoke: SPOKE,
  },
]
