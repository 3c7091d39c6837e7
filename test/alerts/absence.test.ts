import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { addAbsence, endAbsence, shorten } from '../../services/store/absences.ts'
import { answerAsk } from '../../services/store/asks.ts'
import { command } from '../../services/store/commands.ts'
import { instant } from '../../services/store/pool.ts'
import { type Office, test } from './office.ts'

/** Opens a case of the home h-1, which kim is told of, and returns its number. */
async function openAlert(office: Office, kind: 'inactivity' | 'sos' = 'inactivity') {
  const home = await office.home('h-1')
  await office.signal(home, 'danger', kind)
  await office.escalate()
  return Number((await office.row('select id from alert'))['id'])
}

/** Tells of an absence of h-1, as oh does: from now on for two days, if nothing else is said. */
async function tellAbsence(office: Office, rest: { since?: number; until?: number } = {}) {
  const since = office.now
  const until = since + 2 * DAY
  const said = { household: 'h-1', cause: 'hospital', author: 'oh', reason: '무릎 수술' } as const
  return Number(await addAbsence(office.pool, { ...said, since, until, ...rest }, office.now))
}

/** Somebody moves in h-1. */
async function move(office: Office) {
  await office.pool.query(
    `insert into returned (household_id, kind, at) select id, 'inactivity', $1 from household`,
    [instant(office.now)],
  )
  await office.escalate()
}

const stateOf = async (office: Office) =>
  (await office.row(`select state from alert where kind not in ('staff', 'configuration')`))[
    'state'
  ]
const asked = async (office: Office) =>
  (await office.deliveries()).filter((line) => !line.endsWith('cancelled'))

describe('I24 absence: told of while a case is open', () => {
  test('stops its pages at once, says so on the record and to whoever was told, and begins its ladder anew when it ends', async ({
    office,
  }) => {
    await openAlert(office)
    await office.deliver()
    await office.receiver.take()
    office.now += MINUTE
    await tellAbsence(office)
    await office.escalate()
    const until = office.now + 2 * DAY
    const away = { state: 'away', author: 'oh', cause: 'hospital', until }
    expect(await stateOf(office)).toEqual(away)
    const { event } = await office.row('select event from alert_event order by seq desc limit 1')
    expect(event).toEqual({ type: 'absent', by: 'oh', reason: '무릎 수술' })
    // kim may be on the way, and hears that nobody need go; nobody else was told.
    const news = await office.row(`select person, message from delivery where purpose = 'away'`)
    expect(news).toMatchObject({ person: 'kim', message: { news: 'away', grade: 'watch' } })
    const count = (await office.deliveries()).length
    for (let hour = 0; hour < 47; hour += 1) {
      office.now += HOUR
      expect(await office.escalate()).toBe(0)
    }
    expect((await office.deliveries()).length).toBe(count)

    office.now = until
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying', step: 0 })
    expect(
      await office.row(
        `select person, message ->> 'text' as text from delivery where purpose = 'overdue'`,
      ),
    ).toMatchObject({ person: 'kim', text: expect.stringContaining('부재가 끝났는데') })
  })

  test('what had not left yet does not leave', async ({ office }) => {
    await openAlert(office)
    await tellAbsence(office)
    await office.escalate()
    await office.deliver()
    expect(await office.deliveries()).toEqual(['kim webhook cancelled'])
  })

  test('by mistake, and ended again, has cost a minute', async ({ office }) => {
    await openAlert(office)
    const id = await tellAbsence(office)
    await office.escalate()
    office.now += MINUTE
    await endAbsence(office.pool, id, 'oh', office.now)
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying', step: 0 })
    expect(await asked(office)).toEqual(['kim webhook queued'])
    expect(await office.escalate()).toBe(0)
  })

  test('and cut short since somebody lives there again, it goes on too', async ({ office }) => {
    await openAlert(office)
    const id = await tellAbsence(office)
    await office.escalate()
    office.now += HOUR
    await shorten(office.pool, [id], office.now)
    await office.escalate()
    expect(await stateOf(office)).toMatchObject({ state: 'notifying' })
  })

  test('and made longer, it stands still for as long', async ({ office }) => {
    await openAlert(office)
    await tellAbsence(office)
    await office.escalate()
    office.now += DAY
    const until = office.now + 5 * DAY
    await tellAbsence(office, { until })
    await office.escalate()
    office.now += DAY
    expect(await office.escalate()).toBe(0)
    expect(await stateOf(office)).toMatchObject({ state: 'away', until })
  })

  test('movement meanwhile asks nobody to confirm it until the absence is over', async ({
    office,
  }) => {
    await openAlert(office)
    await tellAbsence(office)
    await office.escalate()
    const until = office.now + 2 * DAY
    office.now += HOUR
    await move(office)
    expect(await stateOf(office)).toMatchObject({ state: 'recovered', by: null })
    const count = async () =>
      Number((await office.row('select count(*) as n from alert_event'))['n'])
    const before = await count()
    for (; office.now < until; office.now += HOUR) expect(await office.escalate()).toBe(0)
    // That it waits for the end of the absence is said once, however long it waits.
    expect(await count()).toBe(before + 1)
    // Danger is confirmed within half an hour.
    office.now = until + 30 * MINUTE
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying' })
  })

  test('where somebody had moved it is confirmed as ever once the absence is ended', async ({
    office,
  }) => {
    await openAlert(office)
    await move(office)
    const moved = await stateOf(office)
    const id = await tellAbsence(office, { until: office.now + 20 * DAY })
    await office.escalate()
    expect(await stateOf(office)).toEqual(moved)
    office.now += MINUTE
    await endAbsence(office.pool, id, 'oh', office.now)
    office.now += 30 * MINUTE
    expect(await office.escalate()).toBe(1)
  })

  test('a graver signal that was on its way does not leave what was on the board only there for ever', async ({
    office,
  }) => {
    const home = await office.home('h-1')
    await office.signal(home, 'watch')
    await office.escalate()
    expect(await stateOf(office)).toEqual({ state: 'listed' })
    await office.signal(home, 'danger')
    const id = await tellAbsence(office)
    expect(await office.escalate()).toBe(0)
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    office.now += MINUTE
    await endAbsence(office.pool, id, 'oh', office.now)
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying', step: 0 })
  })

  test('leaves whoever is at the door alone, and stops what would follow', async ({ office }) => {
    const alert = await openAlert(office)
    const until = office.now + 20 * MINUTE
    const event = { type: 'start-visit', by: 'kim', companion: null, until } as const
    await command(office.pool, { alert, key: 'visit', event }, office.voice, office.now)
    await tellAbsence(office)
    await office.escalate()
    expect(await stateOf(office)).toMatchObject({ state: 'visiting' })
    office.now += DAY
    await office.escalate()
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    // For kim, who does not report, somebody goes all the same.
    expect(await office.row(`select grade from signal where kind = 'staff'`)).toBeDefined()
  })

  test('and has it when they cannot go after all, without looking for them', async ({ office }) => {
    const alert = await openAlert(office)
    const until = office.now + 20 * MINUTE
    const visit = { type: 'start-visit', by: 'kim', companion: null, until } as const
    await command(office.pool, { alert, key: 'visit', event: visit }, office.voice, office.now)
    await tellAbsence(office)
    await office.escalate()
    const event = { type: 'decline', by: 'kim' } as const
    await command(office.pool, { alert, key: 'no', event }, office.voice, office.now)
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    expect(await office.row('select ended_at as ended from visit')).toEqual({ ended: office.now })
    office.now += DAY
    expect(await office.escalate()).toBe(0)
    const staffed = await office.pool.query(`select from signal where kind = 'staff'`)
    expect(staffed.rowCount).toBe(0)
  })

  test('takes it from whoever has it, who hears so', async ({ office }) => {
    const alert = await openAlert(office)
    const event = { type: 'acknowledge', by: 'park' } as const
    await command(office.pool, { alert, key: 'mine', event }, office.voice, office.now)
    await tellAbsence(office)
    await office.escalate()
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    expect(await office.row(`select person from delivery where purpose = 'away'`)).toEqual({
      person: 'park',
    })
    // Who looks all the same may; the pages stay away.
    await command(office.pool, { alert, key: 'again', event }, office.voice, office.now)
    expect(await stateOf(office)).toMatchObject({ state: 'acknowledged', by: 'park' })
    const gives = { type: 'decline', by: 'park' } as const
    await command(office.pool, { alert, key: 'no', event: gives }, office.voice, office.now)
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    await command(office.pool, { alert, key: 'anew', event }, office.voice, office.now)
    office.now += DAY
    await office.escalate()
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    expect(new Set(await asked(office))).toEqual(new Set(['park email queued']))
  })

  test('a signal that was on its way is held back from the first moment', async ({ office }) => {
    const home = await office.home('h-1')
    await office.signal(home, 'danger')
    await tellAbsence(office)
    expect(await office.escalate()).toBe(0)
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    expect(await office.deliveries()).toEqual([])
  })
})

describe('an absence that was planned', () => {
  test('counts when it follows one that held, however many follow each other', async ({
    office,
  }) => {
    await openAlert(office)
    const first = office.now + 2 * DAY
    const second = first + 3 * DAY
    await tellAbsence(office)
    await office.escalate()
    await tellAbsence(office, { since: first, until: second })
    // This one goes on from the second, and is told of while that holds.
    office.now = first + DAY
    expect(await office.escalate()).toBe(0)
    expect(await stateOf(office)).toMatchObject({ state: 'away', until: second })
    await tellAbsence(office, { since: second, until: second + DAY })
    office.now = second
    expect(await office.escalate()).toBe(0)
    office.now = second + DAY
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying', step: 0 })
  })

  test('counts no more when that one is ended before it begins', async ({ office }) => {
    await openAlert(office)
    const since = office.now + DAY
    const id = await tellAbsence(office, { until: since })
    await tellAbsence(office, { since, until: since + DAY })
    await office.escalate()
    office.now += MINUTE
    await endAbsence(office.pool, id, 'oh', office.now)
    expect(await office.escalate()).toBe(1)
    office.now = since
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying' })
  })

  test('does not count for itself: whoever planned it knew of no silence', async ({ office }) => {
    const home = await office.home('h-1')
    await tellAbsence(office, { since: office.now + HOUR })
    await office.signal(home, 'danger')
    await office.escalate()
    office.now += HOUR
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying', step: 1 })
  })
})

test('a clock that is set back wakes nobody: what held when it was told of holds', async ({
  office,
}) => {
  await openAlert(office)
  const id = await tellAbsence(office)
  await office.escalate()
  office.now -= HOUR
  expect(await office.escalate()).toBe(0)
  expect(await stateOf(office)).toMatchObject({ state: 'away' })
  // It is ended all the same.
  await endAbsence(office.pool, id, 'oh', office.now)
  expect(await office.escalate()).toBe(1)
})

describe('an absence does not stop', () => {
  test('a call for help by the button', async ({ office }) => {
    await openAlert(office, 'sos')
    await tellAbsence(office)
    await office.escalate()
    expect(await stateOf(office)).toMatchObject({ state: 'notifying' })
    office.now += 2 * MINUTE
    expect(await office.escalate()).toBe(1)
  })

  test('a case in which the resident has asked for help, before or after', async ({ office }) => {
    office.asks = true
    await office.signal(await office.home('h-1'), 'caution')
    await office.escalate()
    const ask = Number((await office.row('select id from ask'))['id'])
    await tellAbsence(office)
    await office.escalate()
    expect(await stateOf(office)).toMatchObject({ state: 'away' })
    await answerAsk(office.pool, ask, 'help', office.voice, office.now)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying' })
    await tellAbsence(office)
    await office.escalate()
    office.now += 3 * MINUTE
    expect(await office.escalate()).toBe(1)
    expect(await stateOf(office)).toMatchObject({ state: 'notifying', step: 1 })
  })

  test('a home that stands for others of its outage', async ({ office }) => {
    await office.signal(await office.home('h-1'), 'caution', 'blind')
    await office.pool.query(
      `with dark as (
         insert into outage (office, dong, since, last) values ('gwanak', '행운동', $1, $1) returning id
       ) update signal set outage_id = dark.id from dark`,
      [instant(office.now)],
    )
    await office.escalate()
    await tellAbsence(office)
    await office.escalate()
    expect(await stateOf(office)).not.toMatchObject({ state: 'away' })
  })

  test('another home', async ({ office }) => {
    await openAlert(office)
    await office.home('h-2')
    const said = { household: 'h-2', cause: 'trip', author: 'oh', reason: '딸네' } as const
    const { now: since } = office
    await addAbsence(office.pool, { ...said, since, until: since + DAY }, since)
    office.now += 3 * MINUTE
    expect(await office.escalate()).toBe(1)
  })
})
