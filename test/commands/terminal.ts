import { spawn } from 'node:child_process'
import { once } from 'node:events'

const ANBU = new URL('../../services/anbu.ts', import.meta.url).pathname

type Settings = { readonly url: string; readonly [name: string]: string }

/** What a command said, and with which code it ended. */
export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string }

/**
 * Runs a command in a process of its own, with nothing of the settings of whoever runs the tests: on a database, or with
 * further settings beside its `url`.
 */
export async function anbu(on: string | Settings, ...args: string[]): Promise<Said> {
  const { url, ...settings } = typeof on === 'string' ? { url: on } : on
  const own = { PATH: process.env['PATH'], ANBU_DATABASE_URL: url, LANG: 'ko_KR.UTF-8' }
  const env = { ...own, ...settings }
  const child = spawn(process.execPath, [ANBU, ...args], { env })
  child.stdin.end()
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    once(child, 'close'),
  ])
  return { code: Number(code), stdout: stdout.join(''), stderr: stderr.join('') }
}
