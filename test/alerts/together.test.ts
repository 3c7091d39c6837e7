import { expect } from 'vitest'
import { DAY, MINUTE } from '../../services/core/time.ts'
import { addAbsence, endAbsence } from '../../services/store/absences.ts'
import { answerAsk, claimAsks } from '../../services/store/asks.ts'
import { claimDelivery } from '../../services/store/claims.ts'
import { takeReturned } from '../../services/store/intake.ts'
import { type Db, instant, openPool, transaction } from '../../services/store/pool.ts'
import { takeAbsence, wakeStill } from '../../services/store/standstills.ts'
import { type Office, test as withOffice } from './office.ts'

/** A pool on which to wait for a row is an error. */
const test = withOffice.extend('hasty', async ({ url }, { onCleanup }) => {
  const pool = openPool(url, { options: '-c timezone=UTC -c datestyle=ISO -c lock_timeout=300' })
  onCleanup(() => pool.end())
  return pool
})

async function openAlert(office: Office): Promise<number> {
  const home = await office.home('h-1')
  await office.signal(home, 'danger')
  await office.escalate()
  return home
}

async function tellAbsence({ pool, now: since }: Office): Promise<number> {
  const said = { household: 'h-1', cause: 'trip', author: 'oh', reason: '딸네' } as const
  return Number(await addAbsence(pool, { ...said, since, until: since + DAY }, since))
}

const EIGHT = Array.from({ length: 8 }, (_, n) => n)

/** Takes something as often as `left`, each time before any earlier one has committed. */
async function atOnce<Taken>(
  pool: Office['pool'],
  left: number,
  take: (db: Db) => Promise<Taken>,
): Promise<Taken[]> {
  if (left === 0) return []
  return transaction(pool, async (db) => [await take(db), ...(await atOnce(pool, left - 1, take))])
}

/** How often something is on the record of the only alert. */
async function times(office: Office, type: string): Promise<number> {
  const { n } = await office.row(
    `select count(*) as n from alert_event where event ->> 'type' = $1`,
    [type],
  )
  return Number(n)
}

test('a sweep passes over an alert that somebody works on just now, and waits for nobody', async ({
  office,
  hasty,
}) => {
  await openAlert(office)
  office.now += 3 * MINUTE
  await transaction(office.pool, async (db) => {
    await db.query('select from alert for no key update')
    expect(await office.escalate('lives', hasty)).toBe(0)
  })
  expect(await office.escalate('lives', hasty)).toBe(1)
})

test('an absence that is over wakes no case that somebody takes just now, and waits for nobody', async ({
  office,
  hasty,
}) => {
  await openAlert(office)
  const absence = await tellAbsence(office)
  await office.escalate()
  office.now += MINUTE
  await endAbsence(office.pool, absence, 'oh', office.now)
  const { due } = await office.row('select due_at as due from alert')
  await transaction(office.pool, async (db) => {
    await db.query('select from alert for no key update')
    await wakeStill(hasty, office.now)
  })
  expect(await office.row('select due_at as due from alert')).toEqual({ due })
  await wakeStill(hasty, office.now)
  expect(await office.row('select due_at as due from alert')).toEqual({ due: office.now })
})

test('of many who take an absence at once one does', async ({ office }) => {
  await openAlert(office)
  const absence = await tellAbsence(office)
  const { pool, voice, now } = office
  await Promise.all(EIGHT.map(() => takeAbsence(pool, absence, voice, now)))
  expect(await times(office, 'absent')).toBe(1)
})

test('of many who take it that somebody moved one does', async ({ office }) => {
  const householdId = await openAlert(office)
  const { pool, voice, now } = office
  await pool.query(`insert into returned (household_id, kind, at) values ($1, 'inactivity', $2)`, [
    householdId,
    instant(now),
  ])
  const back = { householdId, kind: 'inactivity' } as const
  await Promise.all(EIGHT.map(() => takeReturned(pool, back, voice, now)))
  expect(await times(office, 'activity')).toBe(1)
})

test('of many answers of the resident at once a call for help is heard, and once', async ({
  office,
}) => {
  office.asks = true
  await office.signal(await office.home('h-1'), 'warning')
  await office.escalate()
  const { pool, voice, now } = office
  const { id } = await office.row('select id from ask')
  const answers = await Promise.all(
    EIGHT.map((n) => answerAsk(pool, Number(id), n % 2 === 0 ? 'fine' : 'help', voice, now)),
  )
  expect(await office.row('select answer from ask')).toEqual({ answer: 'help' })
  expect(new Set(answers.filter((_, n) => n % 2 !== 0))).toEqual(new Set(['help']))
  // Either it was first, or somebody who was fine before is not any more.
  expect(await times(office, 'resident')).toBeLessThanOrEqual(2)
  await office.escalate()
  const open = `select count(*) from alert where state ->> 'state' not in ('resolved', 'cancelled')`
  expect(await office.row(open)).toEqual({ count: 1 })
})

test('each sender takes a message that no other has, and waits for nobody', async ({
  office,
  hasty,
}) => {
  for (const home of ['h-1', 'h-2']) await office.signal(await office.home(home), 'danger')
  await office.escalate()
  const { now } = office
  const messages = await atOnce(hasty, 3, (db) => claimDelivery(db, [], now + MINUTE, now))
  expect(new Set(messages.map((each) => each?.id)).size).toBe(3)
  expect(messages.filter((each) => each === null)).toHaveLength(1)
})

test('each who asks takes a question that no other has, and waits for nobody', async ({
  office,
  hasty,
}) => {
  office.asks = true
  for (const home of ['h-1', 'h-2']) await office.signal(await office.home(home), 'warning')
  await office.escalate()
  const { now } = office
  const asks = await atOnce(hasty, 3, (db) => claimAsks(db, 1, now + MINUTE, now))
  expect(asks.map((each) => each.length)).toEqual([1, 1, 0])
  expect(new Set(asks.flat().map(({ id }) => id)).size).toBe(2)
})
