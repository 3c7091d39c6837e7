import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { askByWebhook, askResidents } from '../../services/alerts/ask.ts'
import { openAsk } from '../../services/alerts/http.ts'
import { askPath } from '../../services/console/resident.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { BASE, type Desk, openDesk, SESSION_KEY, VOICE } from '../console/desk.ts'
import { NIGHT } from '../console/town.ts'
import { test } from '../database.ts'
import { type Came, openFake } from './fake.ts'
import { SECRET } from './receiver.ts'

const Asked = z.object({
  type: z.literal('resident.ask'),
  data: z.strictObject({ household: z.string(), until: z.iso.datetime(), callback: z.url() }),
})

/** A question as a call service gets it: its signature is right, or this fails. */
function question({ headers, body }: Came) {
  return Asked.parse(new Webhook(SECRET).verify(body.toString(), { ...headers })).data
}

/** A town by day in which residents are asked first, by a call service that is a real server. */
async function openService(desk: Desk) {
  const fake = await openFake(() => ({ status: 202 }))
  const ask = askByWebhook({
    url: fake.url,
    secret: SECRET,
    callback: (number) => `${BASE}${askPath(SESSION_KEY, number)}`,
    ask: openAsk({ total: 800 }),
    now: Date.now,
  })
  const { town } = desk
  town.voice = { ...VOICE, asks: true }
  town.clock.set(NIGHT + 8 * HOUR)
  const log = pino({ level: 'silent' })
  const asking = () => askResidents({ pool: town.pool, clock: town.clock, log, ask })
  const stateOf = async (id: number) => {
    const { rows } = await town.pool.query<{ state: unknown }>(
      'select state from alert where id = $1',
      [id],
    )
    return rows[0]?.state
  }
  return { fake, asking, stateOf }
}

const press = (desk: Desk, callback: string, key: string) =>
  desk.app.request(callback, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ key }).toString(),
  })

describe('a call service', () => {
  test('is told a pseudonym and until when, signed, and the key that it posts back is the answer', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const { fake, asking, stateOf } = await openService(desk)
    await using _ = fake
    const fine = await desk.town.raise('home-01', 'caution')
    await asking()
    const asked = question(await fake.take())
    expect(asked.household).toBe('home-01')
    expect(Date.parse(asked.until)).toBe(desk.town.clock.now() + 15 * MINUTE)
    // It is asked once, however often somebody looks.
    await asking()
    expect(await (await press(desk, asked.callback, '1')).json()).toEqual({ answer: 'fine' })
    expect(await stateOf(fine)).toMatchObject({ state: 'resolved', outcome: 'self' })
    // Sent once more, as when its answer was lost, it changes nothing.
    expect(await (await press(desk, asked.callback, '1')).json()).toEqual({ answer: 'fine' })

    await desk.town.raise('home-02', 'caution')
    await asking()
    const other = question(await fake.take())
    expect((await press(desk, `${other.callback}x`, '1')).status).toBe(404)
    expect(await (await press(desk, other.callback, '2')).json()).toEqual({ answer: 'help' })
    const { rows } = await pool.query(`select grade, state ->> 'state' as state from alert a
      join household h on h.id = a.household_id where household = 'home-02'`)
    expect(rows).toEqual([{ grade: 'danger', state: 'notifying' }])
  })

  test.for(['slow', 'reset', 'lost', { status: 429 }, { status: 503 }, { status: 401 }] as const)(
    'that behaves as %j is asked again under the same id, and staff are told in time',
    async (manner, { pool }) => {
      const desk = await openDesk(pool)
      const { fake, asking, stateOf } = await openService(desk)
      await using _ = fake
      const alert = await desk.town.raise('home-01', 'caution')
      fake.answer(manner)
      await asking()
      const first = await fake.take()
      await asking()
      desk.town.clock.set(desk.town.clock.now() + 15_000)
      await asking()
      const second = await fake.take()
      expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
      expect(question(second)).toEqual(question(first))
      desk.town.clock.set(desk.town.clock.now() + 15 * MINUTE)
      await asking()
      await desk.town.sweep()
      expect(await stateOf(alert)).toMatchObject({ state: 'notifying' })
    },
  )
})
