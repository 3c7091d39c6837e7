import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, vi } from 'vitest'
import { z } from 'zod'
import { recordFrom } from '../../services/commands/record.ts'
import { openSubject } from '../../services/commands/replay-subject.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { DAY } from '../../services/core/time.ts'
import { openPool } from '../../services/store/pool.ts'
import { readSetting } from '../../services/store/homes.ts'
import { ReplayedSignal, Standing } from '../../services/store/replays.ts'
import { readRecording } from '../../simulator/recording.ts'
import { onServer } from '../database.ts'
import { anbu, lastWord } from './anbu.ts'
import { found, liveAgain } from './house.ts'
import { SIDE_BY_SIDE, test } from './places.ts'
import { DEATH, record } from './recorded.ts'

/** A database that a replay opens beside this one, and which goes with the test. */
function beside(url: string, onTestFinished: (drop: () => Promise<void>) => void): string {
  const address = new URL(url)
  const name = `${address.pathname.slice(1)}_replay`
  onTestFinished(() =>
    onServer(inject('postgres'), (db) =>
      db.query(`drop database if exists "${name}" with (force)`),
    ),
  )
  address.pathname = name
  return address.href
}

const Result = z.object({ at: z.number(), isOver: z.boolean(), signals: z.array(ReplayedSignal) })

const finish = async (child: ChildProcess): Promise<z.infer<typeof Result>> =>
  Result.parse(await lastWord(child))

/** Kills the replay once it stands at or after this instant in its database, which it makes first. */
async function killAt(child: ChildProcess, url: string, instant: number): Promise<void> {
  const pool = openPool(url, { max: 1 })
  // Until there is a database, or while it is being filled, nobody stands anywhere.
  const standing = () => readSetting(pool, 'replay', Standing).catch(() => null)
  await vi.waitFor(async () => expect((await standing())?.at).toBeGreaterThanOrEqual(instant), {
    timeout: 60_000,
    interval: 20,
  })
  child.kill('SIGKILL')
  expect((await standing())?.isOver).toBe(false)
  await pool.end()
}

const readingsIn = async (url: string): Promise<string> => {
  const pool = openPool(url, { max: 1 })
  const { rows } = await pool.query(
    `select md5(string_agg(concat_ws(' ', at, device_id, kind, value), '|' order by at, device_id, kind))
       || ' ' || (select md5(string_agg(a::text, '|' order by a::text)) from activity a) as sum from reading`,
  )
  await pool.end()
  return z.array(z.object({ sum: z.string() })).parse(rows)[0]?.sum ?? ''
}

test(
  'a replay that is killed in the middle goes on where it was: nothing is lost, nothing is there twice',
  SIDE_BY_SIDE,
  async ({ folder, url, other, onTestFinished }) => {
    const path = await record(join(folder, 'made-up.ndjson.gz'), DEATH.homes[0])
    const whole = beside(url, onTestFinished)
    const broken = beside(other, onTestFinished)
    const args = ['replay', path, '--sandbox', '--json', '--lang', 'en', '--unanswered']
    args.push('--data-dir', folder, '--to', '2026-09-08T18:00:00')
    const max = [...args, '--speed', 'max']
    const expected = await finish(anbu(max, { ANBU_DATABASE_URL: url }))
    // Dead since 9:00, and somebody is told every ten minutes: slow enough to be caught, two hours a second.
    const env = { ANBU_DATABASE_URL: other }
    const stopped = await finish(anbu([...max, '--until', 'signal'], env))
    expect(stopped).toMatchObject({ isOver: false, signals: [{ grade: 'watch' }] })
    await killAt(
      anbu([...args, '--speed', '7200'], env),
      broken,
      Date.parse('2026-09-08T15:00:00+09:00'),
    )
    const resumed = await finish(anbu(max, env))
    expect(resumed.isOver).toBe(true)
    expect(found(resumed.signals)).toEqual(found(expected.signals))
    expect(found(expected.signals).length).toBeGreaterThan(0)
    expect(await readingsIn(broken)).toBe(await readingsIn(whole))
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
  'in the sandbox a part of a recording is lived beside the real database, by another plan and other settings, and leaves no trace in it',
  SIDE_BY_SIDE,
  async ({ folder, url, pool, onTestFinished }) => {
    const path = await record(join(folder, 'made-up.ndjson.gz'), DEATH.homes[0])
    await pool.query(`insert into setting (name, value) values ('made-up', '1')`)
    const before = await sums(url)
    expect(Object.keys(before).length).toBeGreaterThan(15)
    const replayed = beside(url, onTestFinished)
    const plan = join(folder, 'plan.json')
    await writeFile(plan, JSON.stringify({ ...STANDARD_PLAN, plan: 'tried', version: 1 }))
    // Only the day of the death: nobody is known yet, so the ceiling tells, four hours after the last movement.
    const part = ['--from', '2026-09-08', '--to', '2026-09-08T18:00:00']
    const tried = ['--budget', '0.01', '--set', 'ceiling=4h', '--plan', plan, '--unanswered']
    const where = ['--sandbox', '--speed', 'max', '--json', '--data-dir', folder]
    const said = anbu(['replay', path, ...part, ...tried, ...where], { ANBU_DATABASE_URL: url })
    const { at, isOver, signals } = await finish(said)
    expect([isOver, at]).toEqual([true, Date.parse('2026-09-08T18:00:00+09:00')])
    expect(signals.map(({ rule }) => rule)).toContain('ceiling')
    for (const { due } of signals) expect(due).toBeGreaterThan(Date.parse('2026-09-08T00:00+09:00'))
    // A mistake is told before the replay that is there gives way to another.
    const wrong = anbu(['replay', path, ...where, '--set', 'bogus=1'], { ANBU_DATABASE_URL: url })
    await expect(lastWord(wrong)).rejects.toThrow('"bogus=1" is no setting')
    const there = openPool(replayed, { max: 1 })
    const { rows: plans } = await there.query('select distinct plan from alert')
    const { rows: chosen } = await there.query('select distinct name, value from policy order by 1')
    await there.end()
    expect(plans).toEqual([{ plan: 'tried' }])
    expect(chosen).toContainEqual({ name: 'budget-caution', value: 0.01 })
    expect(await sums(url)).toEqual(before)
  },
)

test(
  'what a home said can be recorded without a name of it, and raises the same signals when it is replayed',
  SIDE_BY_SIDE,
  async ({ folder, url, pool, other }) => {
    const first = await liveAgain(url, DEATH)
    const output = join(folder, 'recorded.ndjson.gz')
    const { household } = DEATH.homes[0]?.household ?? { household: '' }
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
    const second = await liveAgain(other, { ...subject, from: DEATH.from })
    expect(first.signals.filter(told).length).toBeGreaterThan(0)
    expect(found(second.signals.filter(told)).map(plain)).toEqual(
      found(first.signals.filter(told)).map(plain),
    )
  },
)
