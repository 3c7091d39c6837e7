import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, inject } from 'vitest'
import { z } from 'zod'
import { recordFrom } from '../../services/commands/record.ts'
import { livesOf } from '../../services/commands/replay-homes.ts'
import { openSubject } from '../../services/commands/replay-subject.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { openPool } from '../../services/store/pool.ts'
import { ReplayedSignal } from '../../services/store/replays.ts'
import { startServer } from '../../services/store/server.ts'
import { homeOf } from '../../simulator/homes.ts'
import { readRecording } from '../../simulator/recording.ts'
import { writeRecording } from '../../simulator/write-recording.ts'
import { copyDatabase, onServer, test as base } from '../database.ts'
import { found, liveAgain } from './house.ts'

const FROM = Date.parse('2026-09-07T00:00:00+09:00')
const lives = livesOf({
  label: 'a death',
  homes: [
    homeOf({
      seed: 21,
      number: 7,
      persona: 'homebody',
      kit: 'motion',
      fate: [{ type: 'dies', at: FROM + DAY + 9 * HOUR }],
    }),
  ],
  timeZone: 'Asia/Seoul',
  from: FROM,
  to: FROM + 2 * DAY,
})

// oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
const foldered = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'anbu-replays-'))
  onCleanup(() => rm(folder, { recursive: true, force: true }))
  return folder
})

// oxlint-disable-next-line no-empty-pattern -- as above
const test = foldered.extend('other', async ({}, { onCleanup }) => {
  const [other, drop] = await copyDatabase(inject('postgres'), 'template')
  onCleanup(drop)
  return other
})

async function written(folder: string): Promise<string> {
  const [home] = lives.homes
  if (!home) throw new Error('no home')
  const path = join(folder, 'made-up.ndjson.gz')
  const { household } = home.household
  await writeRecording(path, {
    household: { type: 'household', ...home.household },
    devices: home.devices.map(({ uid, kind, room, role }) => ({
      type: 'device',
      household,
      device: uid,
      kind,
      room,
      role,
    })),
    readings: home.readings,
  })
  return path
}

function anbu(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['services/anbu.ts', ...args], {
    env: { ...process.env, ANBU_MQTT_PORT: '0', ANBU_HTTP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

const Result = z.object({ isOver: z.boolean(), signals: z.array(ReplayedSignal) })

async function finish(child: ChildProcess): Promise<z.infer<typeof Result>> {
  if (!child.stdout || !child.stderr) throw new Error('no pipes')
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  const last = out.trim().split('\n').at(-1) ?? ''
  if (!last.startsWith('{')) throw new Error(`no JSON in the last line: ${out}\n${error}`)
  return Result.parse(JSON.parse(last))
}

/** Kills the replay once it has said that it is on its way. */
async function killOnTheWay(child: ChildProcess): Promise<void> {
  for await (const piece of child.stderr ?? []) if (/[1-9]\d%/.test(String(piece))) break
  child.kill('SIGKILL')
}

const readingsIn = async (dataDir: string): Promise<string> => {
  await using server = await startServer({ dataDir })
  const url = new URL(server.url)
  url.pathname = '/anbu_replay'
  const pool = openPool(url.href, { max: 1 })
  const { rows } = await pool.query(
    `select md5(string_agg(concat_ws(' ', at, device_id, kind, value), '|' order by at, device_id, kind))
       || ' ' || (select md5(string_agg(a::text, '|' order by a::text)) from activity a) as sum from reading`,
  )
  await pool.end()
  return z.array(z.object({ sum: z.string() })).parse(rows)[0]?.sum ?? ''
}

test(
  'a replay that is killed in the middle goes on where it was: nothing is lost, nothing is there twice',
  { timeout: 600_000 },
  async ({ folder }) => {
    const path = await written(folder)
    const args = ['replay', path, '--json', '--lang', 'en', '--unanswered']
    const [whole, broken] = ['whole', 'broken'].map((name) => join(folder, name))
    const expected = await finish(anbu([...args, '--speed', 'max', '--data-dir', whole ?? '']))
    const again = [...args, '--data-dir', broken ?? '']
    // Slow enough to be caught: two days in about 20 seconds.
    await killOnTheWay(anbu([...again, '--speed', '10000']))
    const resumed = await finish(anbu([...again, '--speed', 'max']))
    expect(resumed.isOver).toBe(true)
    expect(found(resumed.signals)).toEqual(found(expected.signals))
    expect(found(expected.signals).length).toBeGreaterThan(0)
    expect(await readingsIn(broken ?? '')).toBe(await readingsIn(whole ?? ''))
  },
)

const told = ({ kind }: ReplayedSignal) => kind === 'inactivity'
// Without the pseudonym of the home.
const plain = (line: string) => line.split(' ').toSpliced(1, 1).join(' ')

const sums = async (url: string): Promise<Record<string, string>> => {
  const pool = openPool(url, { max: 1 })
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  )
  const seen: Record<string, string> = {}
  for (const { name } of tables) {
    const { rows } = await pool.query<{ sum: string }>(
      `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from "${name}" t`,
    )
    seen[name] = rows[0]?.sum ?? ''
  }
  await pool.end()
  return seen
}

test(
  'in the sandbox a replay lives beside the real database, and leaves no trace in it',
  { timeout: 600_000 },
  async ({ folder, url, pool, onTestFinished }) => {
    const path = await written(folder)
    await pool.query(`insert into setting (name, value) values ('made-up', '1')`)
    const before = await sums(url)
    expect(Object.keys(before).length).toBeGreaterThan(15)
    const beside = `${new URL(url).pathname.slice(1)}_replay`
    onTestFinished(() =>
      onServer(inject('postgres'), (db) =>
        db.query(`drop database if exists "${beside}" with (force)`),
      ),
    )
    const args = ['replay', path, '--sandbox', '--speed', 'max', '--json', '--data-dir', folder]
    const { isOver, signals } = await finish(anbu(args, { ANBU_DATABASE_URL: url }))
    expect(isOver).toBe(true)
    expect(signals.length).toBeGreaterThan(0)
    expect(await sums(url)).toEqual(before)
  },
)

test(
  'what a home said can be recorded without a name of it, and raises the same signals when it is replayed',
  { timeout: 600_000 },
  async ({ folder, url, pool, other }) => {
    const first = await liveAgain(url, lives)
    const output = join(folder, 'recorded.ndjson.gz')
    const { household } = lives.homes[0]?.household ?? { household: '' }
    const count = await recordFrom(pool, { household, output, key: 'made up' })
    expect(count).toBe(first.reached.published)
    const recording = await readRecording(output)
    expect(recording).toMatchObject({ count, bad: 0, outOfOrder: 0 })
    expect(JSON.stringify([recording.household, recording.devices])).not.toMatch(
      /home-00007|motion-|living|kettle/,
    )
    const again = join(folder, 'again.ndjson.gz')
    await recordFrom(pool, { household, output: again, key: 'made up', shift: '-364' })
    const shifted = await readRecording(again)
    expect(shifted.from).toBe(recording.from - 364 * DAY)
    expect(shifted.devices).toEqual(recording.devices)
    // The same life in a database of its own, watched from the same instant on.
    const subject = await openSubject([output], { lang: 'en' })
    const second = await liveAgain(other, { ...subject, from: FROM })
    expect(first.signals.filter(told).length).toBeGreaterThan(0)
    expect(found(second.signals.filter(told)).map(plain)).toEqual(
      found(first.signals.filter(told)).map(plain),
    )
  },
)
