import { pino } from 'pino'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { DAY, HOUR, MINUTE, type Span } from '../../services/core/time.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { addDevice } from '../../services/store/homes.ts'
import { ranSpans } from '../../services/store/meters.ts'
import { query } from '../../services/store/pool.ts'
import { tidy } from '../../services/store/readings.ts'
import { type District, NINE, type TestHome, setLearnAt, test } from './district.ts'

/** A home with one meter and nothing else. */
async function metered(district: District, role: 'plug' | 'mains') {
  const home = await district.home('made-up-1')
  const { pool } = district
  await pool.query('delete from device where household_id = $1', [home.id])
  const meter = { uid: 'meter', kind: 'power', room: '거실', role } as const
  await addDevice(pool, { ...meter, gateway: `gw-${home.id}`, silentAfter: 12 * HOUR }, NINE)
  const clock = { speed: 1, now: () => district.now, after: () => Promise.resolve() }
  const log = pino({ level: 'silent' })
  return { home, open: () => openIngest({ pool, clock, log, retentionDays: 9 }) }
}

type Metered = { readonly home: TestHome; readonly ingest: ReturnType<typeof openIngest> }

/** Its meter says this every ten minutes, or as often as given, for so long. */
async function draw(
  district: District,
  { home, ingest, every = 10 * MINUTE }: Metered & { readonly every?: number },
  length: number,
  watts: number,
): Promise<void> {
  const end = district.now + length
  for (let n = 0; district.now < end; n++) {
    district.now += every
    const r = [{ d: 'meter', m: 'power', n: watts + (n % 2) / 10 }]
    const payload = Buffer.from(JSON.stringify({ v: 1, boot: 'b1', seq: district.now, r }))
    const topic = `anbu/1/gw-${home.id}/up/data`
    await ingest.accept({ gateway: `gw-${home.id}`, topic, payload })
  }
}

async function runningSince({ pool }: District): Promise<Millis | null> {
  const row = z.object({ running: Millis.nullable() })
  const rows = await query(pool, row, 'select running_since as running from device')
  return rows[0]?.running ?? null
}

async function learntOf({ pool }: District): Promise<unknown> {
  const row = z.object({ machines: z.unknown(), hold: z.unknown(), load: z.unknown() })
  return (await query(pool, row, 'select machines, hold, load from device'))[0]
}

async function signsOf({ pool }: District): Promise<Millis[]> {
  const row = z.object({ at: Millis })
  const rows = await query(pool, row, 'select at from reading where active order by at')
  return rows.map(({ at }) => at)
}

async function ranAt({ pool }: District, { id }: TestHome): Promise<Span[]> {
  const spans = await ranSpans(pool, [{ home: id, after: NINE - DAY }])
  return spans.map(({ since, until }) => ({ since, until }))
}

describe('what runs at a plug', () => {
  test('is kept, over a restart of ours too, and somebody switches it off', async ({
    district,
  }) => {
    const { home, open } = await metered(district, 'plug')
    const on = NINE + HOUR + 10 * MINUTE
    {
      await using ingest = open()
      await draw(district, { home, ingest }, HOUR, 1)
      await draw(district, { home, ingest }, HOUR, 90)
    }
    await expect.poll(() => runningSince(district)).toBe(on)
    expect(await ranAt(district, home)).toEqual([{ since: on, until: null }])
    await using ingest = open()
    await draw(district, { home, ingest }, 10 * MINUTE, 90)
    await draw(district, { home, ingest }, 10 * MINUTE, 1)
    const off = district.now
    await expect.poll(() => ranAt(district, home)).toEqual([{ since: on, until: off }])
    expect(await runningSince(district)).toBeNull()
    expect(await signsOf(district)).toEqual([on, off])
  })

  test('for more than three and a half hours goes off by itself, for all that is known', async ({
    district,
  }) => {
    const { home, open } = await metered(district, 'plug')
    await using ingest = open()
    await draw(district, { home, ingest }, HOUR, 1)
    await draw(district, { home, ingest }, 4 * HOUR, 90)
    await draw(district, { home, ingest }, 10 * MINUTE, 1)
    await expect.poll(() => ranAt(district, home)).toHaveLength(1)
    expect(await signsOf(district)).toHaveLength(1)
  })

  test('is kept by one connection, whatever else waits, and nothing of it is lost', async ({
    district,
  }) => {
    const { home, open } = await metered(district, 'plug')
    await using ingest = open()
    const other = await district.pool.connect()
    await other.query('begin; lock table ran in exclusive mode')
    // Twelve times would be a machine.
    const spans: Span[] = []
    for (let n = 0; n < 10; n++) {
      await draw(district, { home, ingest }, 20 * MINUTE, 1)
      const since = district.now + 10 * MINUTE
      await draw(district, { home, ingest }, 30 * MINUTE, 90)
      spans.push({ since, until: district.now + 10 * MINUTE })
    }
    await draw(district, { home, ingest }, 10 * MINUTE, 1)
    await other.query('commit')
    other.release()
    await expect.poll(() => ranAt(district, home)).toEqual(spans)
    expect(await runningSince(district)).toBeNull()
  })

  test('through a silence is told to whoever goes and looks', async ({ district }) => {
    const { home, open } = await metered(district, 'plug')
    await using ingest = open()
    await draw(district, { home, ingest }, HOUR, 1)
    const on = district.now + 30 * MINUTE
    for (let hour = 0; hour < 40; hour++) {
      await draw(district, { home, ingest, every: HOUR / 2 }, HOUR, 90)
      await district.sweep()
    }
    const found = (await district.signals()).filter(({ kind }) => kind === 'inactivity')
    expect(found[0]).toMatchObject({
      reason: { since: on, running: { since: on, room: '거실', role: 'plug' } },
    })
    // As it is due where something runs, which is before the hours of any tier.
    expect(found[0]?.reason).toMatchObject({ rule: 'surprise' })
  })

  test('and goes off by itself goes on telling that nobody left', async ({ district }) => {
    const { home, open } = await metered(district, 'plug')
    await using ingest = open()
    await draw(district, { home, ingest }, HOUR, 1)
    const on = district.now + 30 * MINUTE
    await draw(district, { home, ingest, every: HOUR / 2 }, 4 * HOUR, 90)
    const off = district.now + 30 * MINUTE
    for (let hour = 0; hour < 40; hour++) {
      await draw(district, { home, ingest, every: HOUR / 2 }, HOUR, 1)
      await district.sweep()
    }
    const found = (await district.signals()).filter(({ kind }) => kind === 'inactivity')
    const running = { since: on, until: off, room: '거실', role: 'plug' }
    expect(found[0]).toMatchObject({ reason: { rule: 'surprise', since: on, running } })
  })

  test('is learnt with the silences that it ran through, and forgotten with the readings', async ({
    district,
    pool,
  }) => {
    const { home, open } = await metered(district, 'plug')
    await using ingest = open()
    await draw(district, { home, ingest }, HOUR, 1)
    await draw(district, { home, ingest }, 2 * HOUR, 90)
    await draw(district, { home, ingest }, 3 * HOUR, 1)
    await draw(district, { home, ingest }, 10 * MINUTE, 90)
    await expect.poll(() => ranAt(district, home)).toHaveLength(1)
    await setLearnAt(pool, home, district.now)
    district.now = NINE + 18 * HOUR
    await district.learn()
    // From 10:10 to 12:10 with something running, and from then to 15:10 without.
    expect((await district.rhythm(home))?.ran).toEqual([0b1])
    await tidy(pool, NINE + 80 * DAY, 9)
    expect(await ranAt(district, home)).toEqual([])
  })

  test('is nobody’s doing any more once it stands elsewhere', async ({ district, pool }) => {
    const { home, open } = await metered(district, 'plug')
    await using ingest = open()
    await draw(district, { home, ingest }, HOUR, 90)
    await expect.poll(() => runningSince(district)).not.toBeNull()
    const moved = { uid: 'meter', kind: 'power', room: '주방', role: 'plug' } as const
    await addDevice(pool, { ...moved, gateway: `gw-${home.id}`, silentAfter: HOUR }, district.now)
    expect(await runningSince(district)).toBeNull()
    // Ingest knows it at its old place for up to a minute: what it learns of that is not kept.
    await draw(district, { home, ingest }, 10 * MINUTE, 1)
    await ingest[Symbol.asyncDispose]()
    expect(await learntOf(district)).toEqual({ machines: null, hold: null, load: null })
    expect(await ranAt(district, home)).toEqual([])
  })

  test('and goes out in a power cut was switched off by nobody', async ({ district }) => {
    const { home, open } = await metered(district, 'plug')
    await using ingest = open()
    await draw(district, { home, ingest }, HOUR, 1)
    await draw(district, { home, ingest }, HOUR, 90)
    const heard = district.now
    ingest.forget(`gw-${home.id}`)
    district.now += 2 * HOUR
    await draw(district, { home, ingest }, 10 * MINUTE, 0)
    const on = NINE + HOUR + 10 * MINUTE
    await expect.poll(() => ranAt(district, home)).toEqual([{ since: on, until: heard }])
    expect(await signsOf(district)).toEqual([on])
  })

  test('for a moment as it is kept does not run after a restart', async ({ district }) => {
    const { home, open } = await metered(district, 'plug')
    {
      await using ingest = open()
      await draw(district, { home, ingest }, 10 * MINUTE, 1)
      // The first word of a day of UTC is kept: a kettle.
      await draw(district, { home, ingest, every: DAY }, DAY, 2000)
      await draw(district, { home, ingest, every: 3 * MINUTE }, HOUR, 1)
    }
    await using ingest = open()
    await draw(district, { home, ingest, every: 3 * MINUTE }, 9 * MINUTE, 1)
    expect(await ranAt(district, home)).toEqual([])
    expect(await signsOf(district)).toHaveLength(1)
  })
})

describe('what runs in a whole home', () => {
  test('is known on its second day, after an hour without a pause, and is no sign of life', async ({
    district,
  }) => {
    const { home, open } = await metered(district, 'mains')
    await using ingest = open()
    await draw(district, { home, ingest, every: HOUR }, 24 * HOUR, 60)
    const on = district.now + 10 * MINUTE
    await draw(district, { home, ingest }, HOUR, 120)
    expect(await runningSince(district)).toBeNull()
    await draw(district, { home, ingest }, HOUR, 120)
    await expect.poll(() => runningSince(district)).toBe(on)
    await draw(district, { home, ingest }, 10 * MINUTE, 60)
    await expect.poll(() => ranAt(district, home)).toEqual([{ since: on, until: district.now }])
    expect(await signsOf(district)).toEqual([])
  })
})
