import { pino } from 'pino'
import type pg from 'pg'
import { describe, expect } from 'vitest'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { addDevice } from '../../services/store/homes.ts'
import { type District, NINE, type TestHome, addKim, test } from './district.ts'

const SOS = { uid: '침실/비상벨', kind: 'button', room: '침실', role: 'sos' } as const

async function withButton(district: District): Promise<TestHome> {
  const home = await district.home('made-up-1')
  const silentAfter = 12 * 24 * HOUR
  await addDevice(district.pool, { ...SOS, gateway: `gw-${home.id}`, silentAfter }, NINE)
  return home
}

/** What the home's gateway says, taken in as the front door hands it on. */
async function say(
  { pool, now }: District,
  home: TestHome,
  topic: string,
  message: object,
): Promise<void> {
  const clock = { speed: 1, now: () => now, after: () => Promise.resolve() }
  await using ingest = openIngest({ pool, clock, log: pino({ level: 'silent' }), retentionDays: 9 })
  const payload = Buffer.from(JSON.stringify(message))
  await ingest.accept({ gateway: `gw-${home.id}`, topic, payload })
}

const pressedBy = (r: object) => ({ v: 1, boot: 'b1', seq: 1, r: [r] })
const upOf = (home: TestHome) => `anbu/1/gw-${home.id}/up/data`

async function calls(district: District) {
  return (await district.signals()).filter(({ kind }) => kind === 'sos')
}

describe('an emergency button', () => {
  test('is told of with the next sweep, once, however often its message comes', async ({
    district,
  }) => {
    const home = await withButton(district)
    const message = pressedBy({ d: SOS.uid, m: 'button', b: true, t: new Date(NINE).toISOString() })
    await say(district, home, upOf(home), message)
    await say(district, home, upOf(home), message)
    await district.sweep()
    await say(district, home, upOf(home), message)
    await district.sweep()
    expect(await calls(district)).toMatchObject([
      {
        grade: 'danger',
        due: NINE,
        reason: { rule: 'sos', uid: SOS.uid, room: '침실', pressed: NINE },
      },
    ])
  })

  test('at Zigbee2MQTT is any action of a device with that role, again with each press', async ({
    district,
  }) => {
    const home = await withButton(district)
    const topic = `zigbee2mqtt/${SOS.uid}`
    await say(district, home, topic, { action: 'emergency', battery: 90 })
    await district.sweep()
    await say(district, home, topic, { action: '', battery: 90 })
    await say(district, home, topic, { battery: 90 })
    await district.sweep()
    expect(await calls(district)).toHaveLength(1)
    district.now += MINUTE
    await say(district, home, topic, { action: 'emergency', battery: 90 })
    await district.sweep()
    expect(await calls(district)).toHaveLength(2)
  })

  test('is told of though nothing is to be told of this home, and though the pipeline stands', async ({
    district,
    pool,
  }) => {
    const home = await withButton(district)
    await mute(pool, home)
    await district.pass(HOUR, [home])
    await pool.query(`update pulse set at = at - interval '1 day' where service = 'ingest'`)
    await say(district, home, upOf(home), pressedBy({ d: SOS.uid, m: 'button', b: true }))
    await district.sweepOnly()
    expect(await calls(district)).toHaveLength(1)
  })

  test('that is only said again to be pressed is nobody’s doing, nor is any other button', async ({
    district,
  }) => {
    const home = await withButton(district)
    const again = { d: SOS.uid, m: 'button', b: true, k: 'snapshot' }
    await say(district, home, upOf(home), pressedBy(again))
    await say(district, home, upOf(home), pressedBy({ d: 'pir', m: 'button', b: true }))
    await district.sweep()
    expect(await calls(district)).toEqual([])
  })

  test('does not watch a home: without another sensor nobody does', async ({ district, pool }) => {
    const home = await withButton(district)
    await pool.query(`delete from device where role <> 'sos'`)
    await say(district, home, upOf(home), pressedBy({ d: SOS.uid, m: 'battery', n: 90 }))
    await district.pass(2 * HOUR, [home])
    expect((await district.watch(home)).presence).toBe('blind')
  })
})

async function mute(pool: pg.Pool, home: TestHome): Promise<void> {
  await addKim(pool)
  await pool.query(
    `insert into absence (household_id, cause, since, until, author, reason, recorded_at)
     values ($1, 'muted', $2, $3, 'kim', 'made up', $2)`,
    [home.id, new Date(NINE), new Date(NINE + 9 * HOUR)],
  )
}
