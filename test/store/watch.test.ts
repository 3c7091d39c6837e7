import { describe, expect } from 'vitest'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { transaction } from '../../services/store/pool.ts'
import { addReturned } from '../../services/store/signals.ts'
import { closeUnseen, openUnseen, unseenOf } from '../../services/store/unseen.ts'
import { claimHomes, lookSoon, saveLooks } from '../../services/store/watch.ts'
import { NINE, test } from '../detector/district.ts'

const START = { due: -1, id: 0 }

describe('homes that are due', () => {
  test('are claimed in order, after the last one, and each by one detector', async ({
    district,
    pool,
  }) => {
    const homes = [await district.home('a'), await district.home('b'), await district.home('c')]
    const ids = homes.map((home) => home.id)
    await transaction(pool, async (one) => {
      const first = await claimHomes(one, START, 2, NINE)
      expect(first.map((home) => home.id)).toEqual(ids.slice(0, 2))
      // Another one passes over what is held, and does not wait.
      expect(await claimHomes(pool, START, 10, NINE)).toMatchObject([{ id: ids[2] }])
      expect(await claimHomes(one, first.at(-1) ?? START, 10, NINE)).toMatchObject([{ id: ids[2] }])
    })
  })

  test('are not those whose deadline lies ahead, until something turns it void', async ({
    district,
    pool,
  }) => {
    const home = await district.home('a')
    const look = {
      id: home.id,
      presence: 'home',
      presenceSince: NINE,
      presenceUntil: null,
      grade: null,
      silenceSince: null,
      deadline: NINE + HOUR,
    } as const
    await saveLooks(pool, [look])
    expect(await claimHomes(pool, START, 10, NINE + HOUR - 1)).toEqual([])
    expect(await claimHomes(pool, START, 10, NINE + HOUR)).toHaveLength(1)

    await lookSoon(pool, [home.id], NINE)
    expect(await claimHomes(pool, START, 10, NINE)).toHaveLength(1)

    await saveLooks(pool, [{ ...look, grade: 'danger', silenceSince: NINE, deadline: null }])
    expect(await claimHomes(pool, START, 10, NINE + 99 * HOUR)).toEqual([])
    district.now = NINE + MINUTE
    await district.move(home)
    expect(await claimHomes(pool, START, 10, district.now)).toHaveLength(1)

    await saveLooks(pool, [{ ...look, presence: 'away' }])
    expect(await claimHomes(pool, START, 10, NINE)).toEqual([])
    district.now = NINE + 3 * MINUTE
    await district.move(home)
    expect(await claimHomes(pool, START, 10, district.now)).toHaveLength(1)
  })
})

test('what is back is told once, with the newest time, and never moves backward', async ({
  district,
  pool,
}) => {
  const { id: householdId } = await district.home('a')
  const back = (at: number) => addReturned(pool, [{ householdId, kind: 'inactivity', at }])
  await back(NINE + HOUR)
  await back(NINE)
  expect(await district.returned()).toEqual([{ kind: 'inactivity', at: NINE + HOUR }])
  await back(NINE + 2 * HOUR)
  expect(await district.returned()).toEqual([{ kind: 'inactivity', at: NINE + 2 * HOUR }])
})

test('a home is out of sight once, however many of its gateways are silent', async ({
  district,
  pool,
}) => {
  const { id: home } = await district.home('a')
  const both = [
    { home, since: NINE + HOUR },
    { home, since: NINE },
  ]
  expect(await openUnseen(pool, both)).toEqual([home])
  expect(await openUnseen(pool, both)).toEqual([])
  expect(await closeUnseen(pool, [home], NINE + 2 * HOUR)).toEqual([home])
  expect(await unseenOf(pool, [home], NINE)).toEqual([
    { home, since: NINE, until: NINE + 2 * HOUR },
  ])
  expect(await unseenOf(pool, [home], NINE + 2 * HOUR)).toEqual([])
})
