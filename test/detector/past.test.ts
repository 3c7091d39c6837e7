import type pg from 'pg'
import { describe, expect } from 'vitest'
import { LEARNT_BY } from '../../services/core/learning.ts'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { addAbsence, listAbsences } from '../../services/store/absences.ts'
import { assign, listAssignments } from '../../services/store/assignments.ts'
import { boardHomes, findHomes } from '../../services/store/board-homes.ts'
import { countHomes } from '../../services/store/history.ts'
import { findHome } from '../../services/store/days.ts'
import { findGateway } from '../../services/store/gateways.ts'
import { addGateway, addHousehold } from '../../services/store/homes.ts'
import { leaveOffice } from '../../services/store/leaving.ts'
import { keepPresses } from '../../services/store/presses.ts'
import { leaveHousehold } from '../../services/store/past-homes.ts'
import { lookAtResident, saveResident } from '../../services/store/residents.ts'
import { saveRhythms } from '../../services/store/rhythms.ts'
import { addSignals } from '../../services/store/signals.ts'
import { unwatchedHomes } from '../../services/store/unwatched-homes.ts'
import { maySeeHome } from '../../services/store/sight.ts'
import { addKim, type District, NINE, setLearnAt, test } from './district.ts'

const KEY = 'a made-up key for names, of enough characters!'
const HOME = {
  household: 'a',
  office: 'gwanak',
  alias: '가상동 1호',
  dong: '가상동',
  timeZone: 'Asia/Seoul',
  tier: 'high',
  planner: null,
} as const

const leave = ({ pool, now }: Pick<District, 'pool' | 'now'>, reason = 'moved' as const) =>
  leaveHousehold(pool, { household: 'a', reason }, null, now)

async function count(pool: pg.Pool, rows: string): Promise<number> {
  return (await pool.query(`select from ${rows}`)).rowCount ?? 0
}

describe('a home that is watched no more', () => {
  test('is looked at by nothing: no look, no signal, no darkness, no learning', async ({
    district,
  }) => {
    const gone = await district.home('a')
    const neighbour = await district.home('b')
    await district.pass(2 * HOUR, [gone, neighbour])
    expect(await leave(district)).toMatchObject({ at: district.now, reason: 'moved' })
    await setLearnAt(district.pool, neighbour, district.now)
    expect(await district.learn()).toBe(1)
    await district.pass(4 * DAY)
    const { rows } = await district.pool.query('select distinct household_id as home from signal')
    // The neighbour's silence, gateway and sensors were told of.
    expect(rows).toEqual([{ home: neighbour.id }])
    const open = (await district.unseen()).filter(({ until }) => until === null)
    const dark = open.map(({ home }) => home)
    expect(dark).toContain(neighbour.id)
    expect(dark).not.toContain(gone.id)
    for (const part of ['watch', 'rhythm', 'habit', 'feedback'])
      expect(await count(district.pool, `${part} where household_id = ${gone.id}`)).toBe(0)
    expect(await district.relearn()).toBe(0)
  })

  test('stands on no list, and its darkness is over', async ({ district }) => {
    const { pool } = district
    const gone = await district.home('a')
    await pool.query(`insert into unseen (household_id, since, cause) values ($1, $2, 'gateway')`, [
      gone.id,
      new Date(NINE),
    ])
    const reader = { person: 'kim', office: 'gwanak' }
    const lists = async () => [
      (await boardHomes(pool, 'gwanak', district.now)).total,
      (await findHomes(pool, { office: 'gwanak', words: '', from: 0 }, district.now)).total,
      (await unwatchedHomes(pool, { office: null }, district.now)).length,
      await countHomes(pool, { households: null, office: null }),
      Number(await maySeeHome(pool, 'a', reader, district.now)),
      (await findHome(pool, 'a', district.now)) === null ? 0 : 1,
    ]
    expect(await lists()).toEqual([1, 1, 2, 1, 1, 1])
    await leave(district)
    expect(await lists()).toEqual([0, 0, 0, 0, 0, 0])
    expect(await district.unseen()).toMatchObject([{ home: gone.id, until: district.now }])
  })

  test('lets its gateways in no more, and takes none, nor anybody who answers for it', async ({
    district,
  }) => {
    const { pool, now } = district
    await district.home('a')
    await addKim(pool)
    const planner = { household: 'a', person: 'kim', duty: 'planner', consented: null } as const
    await assign(pool, { ...planner, since: now, until: null }, null, now)
    const hour = { cause: 'trip', author: 'kim', reason: '여행' } as const
    for (const since of [now, now + DAY])
      await addAbsence(pool, { household: 'a', since, until: since + HOUR, ...hour }, now)
    district.now += MINUTE
    const left = await leave(district)
    const [gateway = ''] = left?.gateways ?? []
    expect(await findGateway(pool, gateway)).toMatchObject({ disabled: true })
    const again = addGateway(pool, { gateway, household: 'a' }, now)
    await expect(again).rejects.toThrow('there is no household a')
    expect(await listAssignments(pool, {}, district.now)).toEqual([])
    await expect(assign(pool, { ...planner, since: now, until: null }, null, now)).rejects.toThrow(
      'there is no household a',
    )
    // The one that was planned never takes place: it ends as it begins.
    const absences = await listAbsences(pool, { household: 'a', past: true }, district.now)
    expect(absences.map(({ since, ended }) => [since, ended])).toEqual([
      [now + DAY, now + DAY],
      [now, district.now],
    ])
    const anew = { household: 'a', since: now, until: now + HOUR, ...hour }
    expect(await addAbsence(pool, anew, now)).toBeNull()
  })

  test('keeps nothing of who lived there, who looked stays on record', async ({ district }) => {
    const { pool, now } = district
    await district.home('a')
    await addKim(pool)
    const resident = { name: '가나다', address: '가상구 없는길 1', phone: null }
    await saveResident(pool, KEY, 'a', resident)
    const look = { namesKey: KEY, household: 'a', person: 'kim' }
    expect(await lookAtResident(pool, look, now)).toEqual(resident)
    await leave(district)
    expect(await lookAtResident(pool, look, now)).toBeNull()
    expect(await count(pool, 'resident')).toBe(0)
    expect(await count(pool, 'resident_look')).toBe(1)
    await expect(saveResident(pool, KEY, 'a', resident)).rejects.toThrow('no household a')
  })

  test('is left once, whatever is said of it again; what is no home is none', async ({
    district,
  }) => {
    await district.home('a')
    const first = await leave(district)
    const later = { pool: district.pool, now: district.now + DAY }
    expect(
      await leaveHousehold(later.pool, { household: 'a', reason: 'died' }, null, later.now),
    ).toEqual(first)
    expect(await count(district.pool, `roster_change where act = 'leave-household'`)).toBe(1)
    const nowhere = { household: 'nowhere', reason: 'ended' } as const
    expect(await leaveHousehold(later.pool, nowhere, null, later.now)).toBeNull()
    await district.pool.query(`update household set purpose = 'office'`)
    expect(await leave(district)).toBeNull()
  })

  test('is another one when it is added again: nothing is known of it, and it is watched from then on', async ({
    district,
  }) => {
    const { pool } = district
    const gone = await district.home('a')
    await district.move(gone)
    await leave(district)
    district.now += DAY
    await addHousehold(pool, HOME, district.now)
    const { rows } = await pool.query('select id, household, purpose from household order by id')
    expect(rows).toEqual([
      { id: gone.id, household: `a.${gone.id}`, purpose: 'past' },
      { id: expect.any(Number), household: 'a', purpose: 'home' },
    ])
    const anew = await findHome(pool, 'a', district.now)
    expect(anew).toMatchObject({ watchedSince: district.now, lastActivity: district.now })
    expect(await count(pool, `activity where household_id = ${gone.id}`)).toBeGreaterThan(0)
    // Added again while it is watched, it stays the same one.
    await addHousehold(pool, HOME, district.now)
    expect((await findHome(pool, 'a', district.now))?.id).toBe(anew?.id)
  })
})

describe('a home is not left', () => {
  const SIGNAL = { kind: 'inactivity', grade: 'danger', model: 'test', due: NINE } as const
  const reason = { rule: 'sos', uid: 'x', room: 'x', pressed: NINE } as const

  test('while a case of it is open, or something was just raised', async ({ district }) => {
    const { pool, now } = district
    const home = await district.home('a')
    await addSignals(pool, [{ ...SIGNAL, reason, householdId: home.id }], now)
    await expect(leave(district)).rejects.toThrow('was just raised')
    await pool.query(`insert into plan (plan, version, body) values ('p', 1, '{}')`)
    await pool.query(
      `with opened as (
         insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at, state)
         select $1, 'inactivity', 'danger', 0, 1, 'p', 1, now(), '{"state": "exhausted"}' returning id
       ) update signal set alert_id = opened.id from opened`,
      [home.id],
    )
    await expect(leave(district)).rejects.toThrow('has an open case: close it first')
    expect(await findHome(pool, 'a', now)).not.toBeNull()
    await pool.query(`update alert set state = '{"state": "resolved"}'`)
    await addKim(pool)
    await pool.query(
      `insert into visit (alert_id, person, began_at, due_at) select id, 'kim', now(), now() from alert`,
    )
    await expect(leave(district)).rejects.toThrow('kim is on a visit in a')
    // Whoever has left the office cannot report it any more.
    await leaveOffice(pool, 'kim', null, now)
    expect(await leave(district)).not.toBeNull()
  })

  test('in the middle of being found silent: the signal is first, or it is none', async ({
    district,
  }) => {
    const { pool, now } = district
    const home = await district.home('a')
    const finding = { ...SIGNAL, reason, householdId: home.id }
    const detector = await pool.connect()
    try {
      await detector.query('begin')
      await addSignals(detector, [finding], now)
      const refused = expect(leave(district)).rejects.toThrow('was just raised')
      await waiting(pool)
      await detector.query('commit')
      await refused
      await pool.query('delete from signal')

      await detector.query('begin')
      await detector.query(`select from household where household = 'a' for update`)
      await detector.query(`update household set purpose = 'past'`)
      const late = addSignals(pool, [finding], now)
      await waiting(pool)
      await detector.query('commit')
      await late
      expect(await count(pool, 'signal')).toBe(0)
    } finally {
      detector.release()
    }
  })

  test('is it left, a press of its button on the way is kept and told to nobody, but staff are heard', async ({
    district,
  }) => {
    const { pool } = district
    const home = await district.home('a')
    await leave(district)
    await pool.query(`update device set role = 'sos' where id = $1`, [home.motion])
    await keepPresses(pool, [{ device: home.motion, at: district.now }])
    await pool.query(
      `insert into unseen (household_id, since, cause) values ($1, now(), 'sensor')`,
      [home.id],
    )
    expect(await district.unseen()).toEqual([])
    await district.sweep()
    expect(await count(pool, 'press where told_at is not null')).toBe(1)
    expect(await district.signals()).toEqual([])
    await addSignals(
      pool,
      [{ ...SIGNAL, kind: 'staff', reason, householdId: home.id }],
      district.now,
    )
    expect(await district.signals()).toHaveLength(1)
  })

  test('is it left while it is learnt, what was learnt is not kept', async ({ district }) => {
    const { pool, now } = district
    const { id } = await district.home('a')
    await leave(district)
    const learnt = { id, rhythm: EMPTY_RHYTHM, learntBy: LEARNT_BY, learntUntil: now, learnAt: now }
    await saveRhythms(pool, [learnt], LEARNT_BY, now)
    expect(await count(pool, 'rhythm')).toBe(0)
  })
})

async function waiting(pool: pg.Pool): Promise<void> {
  await expect.poll(() => count(pool, 'pg_locks where not granted')).toBeGreaterThan(0)
}
