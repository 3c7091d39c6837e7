import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { z } from 'zod'
import { ReplayedSignal } from '../../services/store/replays.ts'
import { MINUTE } from '../../services/core/time.ts'
import { onServer, test } from '../database.ts'
import { anbu, lastWord } from './anbu.ts'
import { DEATH, record } from './recorded.ts'

// `script` of util-linux gives a program a terminal; that of BSD and macOS is called otherwise.
function hasTerminal(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
}

/** Whoever sits at a terminal: sees what is written there, and presses keys. */
function sit(command: readonly string[], env: NodeJS.ProcessEnv) {
  const line = command.map((word) => `'${word}'`).join(' ')
  const child: ChildProcess = spawn('script', ['-qefc', line, '/dev/null'], {
    env: { ...process.env, ...env, TERM: 'xterm' },
    stdio: 'pipe',
  })
  let seen = ''
  child.stdout?.on('data', (data: Buffer) => (seen += data.toString()))
  const ended = new Promise<number | null>((resolve) => void child.on('exit', resolve))
  return {
    press: (key: string) => child.stdin?.write(key),
    sees: (what: RegExp) =>
      expect.poll(() => seen, { timeout: 60_000, interval: 20 }).toMatch(what),
    ended,
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

const Result = z.object({
  at: z.number(),
  isOver: z.boolean(),
  signals: z.array(ReplayedSignal),
})

test.skipIf(!hasTerminal())(
  'at a terminal, keys pause a replay, have it go on to the next signal, and stop it; then it goes on from there (no terminal without script of util-linux)',
  { timeout: 180_000 },
  async ({ url, onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'anbu-keys-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const beside = `${new URL(url).pathname.slice(1)}_replay`
    onTestFinished(() =>
      onServer(inject('postgres'), (db) =>
        db.query(`drop database if exists "${beside}" with (force)`),
      ),
    )
    const path = await record(join(folder, 'made-up.ndjson'), DEATH.homes[0])
    const args = ['replay', path, '--sandbox', '--speed', 'max', '--lang', 'en']
    args.push('--unanswered', '--data-dir', folder, '--to', '2026-09-08T18:00:00')
    const env = { ANBU_DATABASE_URL: url, ANBU_MQTT_PORT: '0', ANBU_HTTP_PORT: '0' }
    {
      using terminal = sit([process.execPath, 'services/anbu.ts', ...args], env)
      await terminal.sees(/space: pause/)
      terminal.press(' ')
      await terminal.sees(/Paused\./)
      terminal.press('n')
      await terminal.sees(/Going on\.[^]*Paused\./)
      terminal.press('q')
      expect(await terminal.ended).toBe(0)
      await terminal.sees(/Stopped at .*; the same command goes on from there/)
      await terminal.sees(/\n1 signals raised/)
    }
    const rest = Result.parse(await lastWord(anbu([...args, '--json'], env)))
    expect(rest.isOver).toBe(true)
    // It stood in the minute of the first, and the others came when it went on.
    const [first, ...others] = rest.signals
    expect((first?.at ?? 0) - (first?.due ?? 0)).toBeLessThan(MINUTE)
    expect(others.length).toBeGreaterThan(0)
  },
)
