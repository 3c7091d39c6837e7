import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { Grade } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'

/** Starts `anbu` in a process of its own. */
export function anbu(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['services/anbu.ts', ...args], {
    env: { ...process.env, ANBU_MQTT_PORT: '0', ANBU_HTTP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The object that it prints, and nothing beside it. */
export async function lastWord(child: ChildProcess): Promise<unknown> {
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (!/^\{.*\}\n$/.test(out)) throw new Error(`not one line of JSON: ${out}\n${error}`)
  return JSON.parse(out)
}

const Evaluated = z.object({
  signals: z.array(
    z.object({
      household: z.string(),
      due: Millis,
      grade: Grade,
      reason: z.object({ rule: z.string() }),
    }),
  ),
})

/** What `anbu evaluate` foresees on recordings, in the words in which `found` tells what was raised. */
export async function evaluated(files: readonly string[]): Promise<string[]> {
  const said = await lastWord(anbu(['evaluate', ...files, '--signals', '--json']))
  return Evaluated.parse(said)
    .signals.map(
      ({ household, due, grade, reason }) =>
        `${new Date(due).toISOString()} ${household} inactivity ${grade} ${reason.rule}`,
    )
    .toSorted()
}
