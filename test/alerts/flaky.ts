import { expect } from 'vitest'
import type pg from 'pg'
import type { DeliveryState } from '../../schemas/alert.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Send } from '../../services/alerts/deliver.ts'
import { type Receipt, type Result, rankOf, type Status } from '../../services/core/delivery.ts'
import { takeReceipts } from '../../services/store/receipts.ts'
import type { Office } from './office.ts'

/** What a provider makes of a request; `early`: its receipt comes before its answer. */
export const MANNERS = ['ok', 'early', 'busy', 'gone', 'wrong', 'lost', 'breaks'] as const
export type Manner = (typeof MANNERS)[number]

/** A callback: of which of the requests that came, what it says, and whether by our id or by the provider's. */
export type Callback = { readonly of: number; readonly status: Status; readonly own: boolean }

/** Providers that do as they like, and remember all that came. */
export type Flaky = {
  readonly channels: Partial<Record<Channel, Send>>
  /** What they make of the requests to come, in turn. */
  manners: readonly Manner[]
  /** Forgets all that came: the next home begins. */
  clear(): void
  /** Says that a process which sent has died since: what it was answered may be lost. */
  forget(): void
  /** Sends callbacks of what came, twice, the second time the other way round. */
  call(list: readonly Callback[], through: pg.Pool): Promise<void>
  /** Holds every delivery to what came and what was said. */
  check(): Promise<void>
}

type Request = { readonly manner: Manner; lost: boolean }

/** Opens providers for every channel of the model. */
export function openFlaky(office: Office): Flaky {
  const came = new Map<number, Request[]>()
  const said = new Map<number, { readonly status: Status; readonly own: boolean }[]>()
  const { pool } = office

  const receipt = (id: number, status: Status, own: boolean): Receipt => {
    said.set(id, [...(said.get(id) ?? []), { status, own }])
    const providerId = own ? `own-${id}` : `p-${id}`
    return {
      provider: 'flaky',
      providerId,
      delivery: own ? `delivery_${id}` : null,
      status,
      detail: null,
    }
  }

  const send: Send = async (_, __, deliveryId) => {
    const id = Number(deliveryId.split('_')[1])
    const earlier = came.get(id) ?? []
    const manner = flaky.manners[came.size % flaky.manners.length] ?? 'ok'
    came.set(id, [...earlier, { manner, lost: false }])
    await expectMeant(pool, id)
    if (manner === 'early') await takeReceipts(pool, [receipt(id, 'delivered', false)], office.now)
    if (manner === 'breaks') throw new Error('the provider’s library broke')
    return answerOf(manner, id)
  }

  const flaky: Flaky = {
    channels: { alimtalk: send, sms: send, webhook: send, email: send },
    manners: ['ok'],
    clear() {
      came.clear()
      said.clear()
    },
    forget() {
      for (const request of came.values()) for (const each of request) each.lost = true
    },
    async call(list, through) {
      const ids = [...came.keys()]
      if (ids.length === 0) return
      const receipts = list.map(({ of, status, own }) =>
        receipt(ids[of % ids.length] ?? 0, status, own),
      )
      await takeReceipts(through, receipts, office.now)
      const before = await states(pool)
      expect(await takeReceipts(through, receipts.toReversed(), office.now)).toBe(0)
      expect(await states(pool)).toEqual(before)
    },
    async check() {
      for (const row of await states(pool)) {
        expectHonest(row, said.get(row.id) ?? [])
        expectNoDouble(row, came.get(row.id) ?? [])
      }
    },
  }
  return flaky
}

// I4: no request begins for what the alert has moved on from.
async function expectMeant(pool: pg.Pool, id: number): Promise<void> {
  const { rows } = await pool.query<{ meant: boolean }>(
    `select d.state = 'sending' and a.generation = d.generation as meant
     from delivery d join alert a on a.id = d.alert_id where d.id = $1`,
    [id],
  )
  expect(rows).toEqual([{ meant: true }])
}

function answerOf(manner: Exclude<Manner, 'breaks'>, id: number): Result {
  switch (manner) {
    case 'ok':
    case 'early':
      return { kind: 'accepted', provider: 'flaky', providerId: `p-${id}` }
    case 'busy':
      return { kind: 'temporary', detail: 'busy' }
    case 'gone':
      return { kind: 'permanent', detail: 'gone' }
    case 'wrong':
      return { kind: 'permanent', detail: 'no such address', fault: 'address' }
    case 'lost':
      return { kind: 'unknown', detail: 'no answer' }
  }
}

type Row = { id: number; state: DeliveryState; attempts: number; named: boolean }

async function states(pool: pg.Pool): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `select id, state, attempts, provider_id is not null as named from delivery order by id`,
  )
  return rows
}

// I12: arrived or seen only where a receipt said so; and what a receipt said is never taken back.
function expectHonest(
  { state, named }: Row,
  said: readonly { readonly status: Status; readonly own: boolean }[],
): void {
  const known = said.filter(({ own }) => own || named).map(({ status }) => status)
  if (state === 'delivered' || state === 'read') expect(known).toContain(state)
  expect(rankOf(state)).toBeGreaterThanOrEqual(Math.max(-1, ...known.map(rankOf)))
}

// I3: one request, and another only where nobody knows whether the one before arrived, or it surely did not.
function expectNoDouble({ attempts }: Row, came: readonly Request[]): void {
  expect(came.length).toBeLessThanOrEqual(attempts)
  for (const { manner, lost } of came.slice(0, -1))
    expect(lost || AGAIN.has(manner), `sent again after "${manner}"`).toBe(true)
}

const AGAIN: ReadonlySet<Manner> = new Set(['busy', 'lost', 'breaks'])
