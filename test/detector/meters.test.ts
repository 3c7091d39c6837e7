import type pg from 'pg'
import { pino } from 'pino'
import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { homeDevices } from '../../services/store/cases.ts'
import { devicesOf } from '../../services/store/gateways.ts'
import { addDevice } from '../../services/store/homes.ts'
import { keepMeter } from '../../services/store/meters.ts'
import { type District, NINE, type TestHome, test } from './district.ts'

type Ingest = ReturnType<typeof openIngest>

/** A home with a meter, and what else `keeps` of its sensors; its gateway's way in. */
async function metered(district: District, keeps: 'all' | 'none') {
  const home = await district.home('made-up-1')
  const { pool } = district
  if (keeps === 'none') await pool.query('delete from device where household_id = $1', [home.id])
  const meter = { uid: 'mains', kind: 'power', room: '현관', role: 'mains' } as const
  await addDevice(pool, { ...meter, gateway: `gw-${home.id}`, silentAfter: 12 * HOUR }, NINE)
  const clock = { speed: 1, now: () => district.now, after: () => Promise.resolve() }
  const log = pino({ level: 'silent' })
  return { home, open: () => openIngest({ pool, clock, log, retentionDays: 9 }) }
}

/** A home with one plug and nothing else, of which a week is known: it was never still while it drew anything. */
async function pluggedIn(district: District) {
  const { home, open } = await metered(district, 'none')
  const { pool } = district
  await pool.query(`update device set role = 'plug', uid = 'plug' where household_id = $1`, [
    home.id,
  ])
  const [known] = await devicesOf(pool, `gw-${home.id}`)
  if (!known) throw new Error('it was assigned')
  const hold = {
    value: 0.8,
    since: NINE - MINUTE,
    until: NINE - MINUTE,
    usual: MINUTE,
    days: 8,
    day: Math.floor(NINE / DAY),
    longest: 0,
    drew: 0,
    on: NINE - DAY,
  }
  await keepMeter(pool, { ...known, hold, stuckDue: null, ran: [] }, NINE)
  return { home, open }
}

/** It says this every ten minutes for so long, and the detector looks. */
async function measure(
  district: District,
  { home, ingest, uid = 'mains' }: { home: TestHome; ingest: Ingest; uid?: string },
  length: number,
  watts: (n: number) => number,
): Promise<void> {
  const end = district.now + length
  for (let n = 0; district.now < end; n++) {
    district.now += 10 * MINUTE
    const r = [{ d: uid, m: 'power', n: watts(n) }]
    const payload = Buffer.from(JSON.stringify({ v: 1, boot: 'b1', seq: n, r }))
    const topic = `anbu/1/gw-${home.id}/up/data`
    await ingest.accept({ gateway: `gw-${home.id}`, topic, payload })
    await district.sweep()
  }
}

const lively = (n: number) => 180 + (n % 2)

async function sensorSignals(district: District) {
  return (await district.signals()).filter(({ kind }) => kind === 'sensor')
}

describe('a meter of a whole home', () => {
  test('that says nothing but zero is a technician’s task after two hours, and its home blind since it began', async ({
    district,
  }) => {
    const { home, open } = await metered(district, 'none')
    await using ingest = open()
    await measure(district, { home, ingest }, HOUR, lively)
    const began = district.now + 10 * MINUTE
    await measure(district, { home, ingest }, 2 * HOUR, () => 0)
    expect((await district.watch(home)).presence).toBe('home')
    await measure(district, { home, ingest }, HOUR, () => 0)
    expect(await sensorSignals(district)).toMatchObject([
      {
        grade: 'caution',
        due: began + 2 * HOUR,
        reason: { rule: 'sensor-stuck', uid: 'mains', lastSeen: began, value: 0 },
      },
    ])
    expect(await district.watch(home)).toMatchObject({ presence: 'blind', since: began })
    expect(await homeDevices(district.pool, 'made-up-1')).toMatchObject([
      { stuck: { since: began, value: 0 } },
    ])
  })

  test('that moves again ends it by itself, and what it rises by then is nobody’s doing', async ({
    district,
    pool,
  }) => {
    const { home, open } = await metered(district, 'none')
    {
      await using ingest = open()
      await measure(district, { home, ingest }, HOUR, lively)
      await measure(district, { home, ingest }, 4 * HOUR, () => 0)
    }
    // Over a restart of ours, too.
    await using ingest = open()
    await measure(district, { home, ingest }, 30 * MINUTE, () => 0)
    expect((await district.watch(home)).presence).toBe('blind')
    await measure(district, { home, ingest }, HOUR, (n) => 2000 + lively(n))
    expect((await district.watch(home)).presence).toBe('home')
    expect(await district.returned()).toMatchObject([{ kind: 'sensor' }])
    const { rows } = await pool.query('select count(*)::int as signs from reading where active')
    expect(rows).toEqual([{ signs: 0 }])
    await measure(district, { home, ingest }, 20 * MINUTE, (n) => 4000 + lively(n))
    expect((await pool.query('select from reading where active')).rowCount).toBe(1)
  })

  test('that is frozen is told, and its home is watched by what else there is', async ({
    district,
  }) => {
    const { home, open } = await metered(district, 'all')
    await using ingest = open()
    await district.move(home)
    await measure(district, { home, ingest }, HOUR, lively)
    // Less than a week of it is known: 26 hours.
    await measure(district, { home, ingest }, 25 * HOUR, () => 230)
    expect(await sensorSignals(district)).toEqual([])
    await district.move(home)
    await measure(district, { home, ingest }, 2 * HOUR, () => 230)
    expect(await sensorSignals(district)).toMatchObject([
      { reason: { rule: 'sensor-stuck', value: 230 } },
    ])
    expect((await district.watch(home)).presence).toBe('home')
  })
})

describe('a plug', () => {
  test('that freezes at what it draws is a technician’s task after 26 hours, and its home blind', async ({
    district,
  }) => {
    const { home, open } = await pluggedIn(district)
    await using ingest = open()
    const plug = { home, ingest, uid: 'plug' }
    await measure(district, plug, 25 * HOUR, () => 0.9)
    expect(await sensorSignals(district)).toEqual([])
    await measure(district, plug, 2 * HOUR, () => 0.9)
    const began = NINE + 10 * MINUTE
    expect(await sensorSignals(district)).toMatchObject([
      { due: began + 26 * HOUR, reason: { rule: 'sensor-stuck', uid: 'plug', value: 0.9 } },
    ])
    expect(await district.watch(home)).toMatchObject({ presence: 'blind', since: began })
    // It ends by itself, and what it shows then is nobody's doing.
    await measure(district, plug, 30 * MINUTE, (n) => 100 + n)
    expect((await district.watch(home)).presence).toBe('home')
    expect((await district.pool.query('select from reading where active')).rowCount).toBe(0)
  })

  test('that says nothing but zero is switched off: its home is silent, and asked about', async ({
    district,
  }) => {
    const { home, open } = await pluggedIn(district)
    await using ingest = open()
    await measure(district, { home, ingest, uid: 'plug' }, 30 * HOUR, () => 0)
    expect(await sensorSignals(district)).toEqual([])
    expect((await district.watch(home)).presence).toBe('home')
    const grades = (await district.signals()).map(({ kind, grade }) => `${kind} ${grade}`)
    expect(grades).toContain('inactivity caution')
  })
})

test('a plug that is assigned to another room forgets the machine that it stood at', async ({
  district,
  pool,
}) => {
  const home = await district.home('made-up-1')
  const gateway = `gw-${home.id}`
  const plug = { gateway, uid: 'plug', kind: 'power', role: 'plug', silentAfter: null } as const
  await addDevice(pool, { ...plug, room: '주방' }, NINE)
  const known = (await devicesOf(pool, gateway)).find(({ uid }) => uid === 'plug')
  if (!known) throw new Error('it was assigned')
  const fridge = {
    watts: 100,
    last: NINE,
    gap: 25 * MINUTE,
    times: 20,
    since: NINE - DAY,
    provenAt: NINE,
  }
  await keepMeter(pool, { ...known, machines: [fridge], stuckDue: null, ran: [] }, NINE)
  await addDevice(pool, { ...plug, room: '주방' }, NINE)
  expect(await machinesAt(pool, gateway)).toEqual([fridge])
  await addDevice(pool, { ...plug, room: '거실' }, NINE)
  expect(await machinesAt(pool, gateway)).toEqual([])
})

test('a switch that measures power too, and is no plug, is not frozen at nothing: its home is silent, and asked about', async ({
  district,
}) => {
  const { home, open } = await metered(district, 'none')
  await district.pool.query(
    `update device set role = 'inner', uid = 'switch' where household_id = $1`,
    [home.id],
  )
  await using ingest = open()
  await measure(district, { home, ingest, uid: 'switch' }, 3 * HOUR, () => 0)
  expect(await sensorSignals(district)).toEqual([])
  expect((await district.watch(home)).presence).toBe('home')
})

async function machinesAt(pool: pg.Pool, gateway: string) {
  const devices = await devicesOf(pool, gateway)
  return devices.find(({ uid }) => uid === 'plug')?.machines
}
