import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test as pure, vi } from 'vitest'
import { HOUR } from '../../services/core/time.ts'
import { beat } from '../../services/store/gateways.ts'
import { writeSetting } from '../../services/store/homes.ts'
import { test } from '../database.ts'
import { freePort } from '../servers/tied.ts'
import { anbu } from './terminal.ts'

vi.setConfig({ testTimeout: 60_000 })

test('the doctor says in sentences what is late and what was never started, and is content with what is not', async ({
  pool,
  url,
}) => {
  const bad = await anbu(url, 'doctor', '--lang', 'en')
  expect(bad.code).toBe(1)
  expect(bad.stdout).toContain('! ingest has never run here'.replace('! ', '!  '))
  for (const service of ['ingest', 'detector', 'alerts', 'delivery'])
    await beat(pool, service, Date.now())
  const good = await anbu(url, 'doctor', '--lang', 'en')
  expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('ANBU_HEARTBEAT_URL')])
  expect(good.stdout).not.toContain('ANBU_SMTP_URL')
  await writeSetting(pool, 'channels', ['push', 'webhook', 'slack'])
  expect((await anbu(url, 'doctor', '--lang', 'en')).stdout).toContain('ANBU_SMTP_URL')
  await beat(pool, 'canary', Date.now() - 3_600_000)
  const late = await anbu(url, 'doctor', '--json')
  expect(late.code).toBe(1)
  expect(JSON.parse(late.stdout.split('\n')[0] ?? '')).toMatchObject({
    what: 'canary',
    is: 'bad',
    says: expect.stringContaining('1시간째'),
  })
})

test('the doctor says how far the learning anew is after an upgrade, and is content', async ({
  pool,
  url,
}) => {
  for (const service of ['ingest', 'detector', 'alerts', 'delivery'])
    await beat(pool, service, Date.now())
  const since = Date.now() - 2 * HOUR
  await pool.query(`insert into setting values ('relearning', $1)`, [
    { by: 'rhythm-9', since, homes: 1000, done: 250, tier: 'high', after: 7 },
  ])
  const korean = await anbu(url, 'doctor')
  // A quarter took two hours: the rest takes six.
  expect(korean.stdout).toContain(
    '1000가구의 생활 리듬을 다시 배우는 중입니다: 25 %, 약 6시간 남음',
  )
  expect([korean.code, korean.stdout.includes('더 새 버전')]).toEqual([0, false])
  const home = `insert into household (household, office, alias, dong, time_zone, tier, watched_since)
    values ('h-1', 'gwanak', 'made up', '가상동', 'Asia/Seoul', 'mid', now()) returning id`
  await pool.query(
    `with home as (${home}) insert into rhythm select id, 'rhythm-1000', now(), '{}' from home`,
  )
  const english = await anbu(url, 'doctor', '--lang', 'en')
  expect(english.stdout).toContain('25 %, about 6 h left')
  expect(english.stdout).toContain('A newer version has learnt some rhythms')
})

pure(
  'I17: a dead man’s switch on another machine pages once when the beats stop, and once when they are back',
  async () => {
    const pages: string[] = []
    const ntfy = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk) => (text += String(chunk)))
      request.on('end', () => {
        pages.push(text)
        response.end()
      })
    })
    const [at, port] = [await freePort(), await freePort()]
    ntfy.listen(at, '127.0.0.1')
    await once(ntfy, 'listening')
    const program = new URL('../../services/anbu.ts', import.meta.url).pathname
    const given = ['--page', `http://127.0.0.1:${at}/anbu`, '--port', String(port), '--after', '1']
    const child = spawn(process.execPath, [program, 'deadman', '--host', '127.0.0.1', ...given])
    const post = () => fetch(`http://127.0.0.1:${port}/`, { method: 'POST' }).then(({ ok }) => ok)
    await expect.poll(() => post().catch(() => false), { timeout: 20_000 }).toBe(true)
    await expect.poll(() => pages.length, { timeout: 20_000 }).toBe(1)
    expect(pages[0]).toContain('심박이 1초째')
    await post()
    await expect.poll(() => pages[1], { timeout: 20_000 }).toContain('heard again')
    child.kill('SIGTERM')
    await once(child, 'close')
    ntfy.closeAllConnections()
    ntfy.close()
  },
)
