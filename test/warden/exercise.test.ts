import { pino } from 'pino'
import { expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { openNextChannels } from '../../services/store/deliveries.ts'
import { addPerson } from '../../services/store/homes.ts'
import { instant } from '../../services/store/pool.ts'
import { readinessOf } from '../../services/store/readiness.ts'
import { readHome, readRoster } from '../../services/store/roster.ts'
import { exerciseStaff } from '../../services/warden/exercise.ts'
import { NINE, type Office, staff as madeUp, test } from '../alerts/office.ts'

const log = pino({ level: 'silent' })
// The day before, a Monday, was one of rest.
const TUESDAY = NINE

const exercise = ({ pool }: Office, now: number) =>
  exerciseStaff({ pool, log, timeZone: 'Asia/Seoul' }, now)

test('each of the staff has an exercise a month, marked as one, and who answers has confirmed the way it came', async ({
  office,
  mailbox,
}) => {
  await office.home('h-1')
  office.now = TUESDAY
  expect(await exercise(office, TUESDAY - DAY)).toBe(0)
  expect(await exercise(office, TUESDAY - HOUR)).toBe(0)
  expect(await exercise(office, TUESDAY)).toBe(3)
  expect(await exercise(office, TUESDAY + HOUR)).toBe(0)
  expect(await office.escalate()).toBe(3)
  const told = await office.deliveries()
  expect(told.toSorted()).toEqual(['kim email queued', 'oh email queued', 'park email queued'])
  const subjects = await office.row(
    `select bool_and(message ->> 'subject' like '%훈련%' and (message ->> 'exercise')::boolean) as marked
     from delivery`,
  )
  expect(subjects).toEqual({ marked: true })
  const sent = office.deliver()
  for (let mails = 0; mails < 3; mails++)
    expect((await mailbox.take()).text).toContain('훈련 Exercise')
  await sent

  const { id } = await office.row(
    `select a.id from alert a join household h on h.id = a.household_id
     where h.household = 'exercise-park'`,
  )
  await applyEvent(office.pool, Number(id), { type: 'acknowledge', by: 'park' }, TUESDAY + HOUR)
  await exercise(office, TUESDAY + 2 * HOUR)
  const staff = await readinessOf(office.pool, 'gwanak', TUESDAY + 3 * HOUR)
  const park = staff.find(({ person }) => person === 'park')
  expect(park).toMatchObject({ exercised: TUESDAY, answered: TUESDAY + HOUR })
  expect(park?.ways).toMatchObject([{ channel: 'email', verified: TUESDAY + 2 * HOUR }])
  expect(staff.find(({ person }) => person === 'oh')).toMatchObject({ answered: null })
  expect(await exercise(office, TUESDAY + 30 * DAY + HOUR)).toBe(3)
})

async function exerciseOf(office: Office, person: string): Promise<number> {
  const { id } = await office.row(
    `select a.id from alert a join household h on h.id = a.household_id where h.household = $1`,
    [`exercise-${person}`],
  )
  return Number(id)
}

test('an exercise that others acknowledge goes on until its own person does', async ({
  office,
}) => {
  await office.home('h-1')
  await exercise(office, TUESDAY)
  await office.escalate()
  const alert = await exerciseOf(office, 'park')
  const stateOf = () =>
    office.row(`select state ->> 'state' as state from alert where id = $1`, [alert])
  await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'oh' }, TUESDAY + HOUR)
  await exercise(office, TUESDAY + 2 * HOUR)
  expect(await stateOf()).toEqual({ state: 'acknowledged' })
  const [park] = await readinessOf(office.pool, 'gwanak', TUESDAY + 2 * HOUR).then((all) =>
    all.filter(({ person }) => person === 'park'),
  )
  expect(park).toMatchObject({ exercised: TUESDAY, answered: null })
  // Though oh has it already, park's own word counts.
  await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'park' }, TUESDAY + 2 * HOUR)
  await exercise(office, TUESDAY + 3 * HOUR)
  expect(await stateOf()).toEqual({ state: 'resolved' })
})

test('an exercise confirms the address that it went to, and not one that was entered since', async ({
  office,
  mailbox,
}) => {
  await office.home('h-1')
  await exercise(office, TUESDAY)
  await office.escalate()
  const sent = office.deliver()
  for (let mails = 0; mails < 3; mails++) await mailbox.take()
  await sent
  await addPerson(office.pool, madeUp('park', 'duty', { email: 'park.new@example.org' }))
  const alert = await exerciseOf(office, 'park')
  await applyEvent(office.pool, alert, { type: 'acknowledge', by: 'park' }, TUESDAY + HOUR)
  await exercise(office, TUESDAY + 2 * HOUR)
  const staff = await readinessOf(office.pool, 'gwanak', TUESDAY + 3 * HOUR)
  expect(staff.find(({ person }) => person === 'park')?.ways).toMatchObject([{ verified: null }])
})

test('an exercise is no load of the duty desk: neither what was sent for it nor what somebody holds of it', async ({
  office,
}) => {
  const { pool } = office
  const home = await office.home('h-1')
  const loadOf = async () => {
    const known = await readHome(pool, home, office.now)
    const wanted = { home: known, named: [], channels: office.setUp }
    return (await readRoster(pool, wanted, office.now)).load.get('park')
  }
  await exercise(office, TUESDAY)
  await office.escalate()
  const drill = await exerciseOf(office, 'park')
  // The next channel of an exercise is one too.
  await pool.query(
    `update delivery set next_at = $1, fallback = '["webhook"]' where alert_id = $2`,
    [instant(office.now), drill],
  )
  expect(await openNextChannels(pool, office.now)).toBe(1)
  await applyEvent(pool, drill, { type: 'acknowledge', by: 'park' }, office.now)
  expect(await loadOf()).toBe(0)

  await office.signal(home, 'danger')
  await office.escalate()
  office.now += 3 * MINUTE
  await office.escalate()
  expect(await loadOf()).toBe(1)
  const { id } = await office.row(`select id from alert where household_id = $1`, [home])
  await applyEvent(pool, Number(id), { type: 'acknowledge', by: 'park' }, office.now)
  expect(await loadOf()).toBe(2)
})
