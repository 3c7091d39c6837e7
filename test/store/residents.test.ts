import fc from 'fast-check'
import { describe, expect } from 'vitest'
import {
  type Resident,
  lookAtResident,
  openResident,
  saveResident,
  sealResident,
} from '../../services/store/residents.ts'
import { buildTown, NAMES_KEY, NIGHT } from '../console/town.ts'
import { test } from '../database.ts'

const OTHER_KEY = 'another made-up key, as long as the first'
const RESIDENT: Resident = { name: '가나다', address: null, phone: '000-0000-0000' }

const residents = fc.record({
  name: fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }).filter((s) => s.length <= 64),
  address: fc.option(fc.string({ maxLength: 200 })),
  phone: fc.option(fc.string({ maxLength: 32 })),
})

describe('a sealed resident', () => {
  test('opens again with the same key, whoever it is', () => {
    fc.assert(
      fc.property(residents, (resident) => {
        const sealed = sealResident(NAMES_KEY, 'home-01', resident)
        expect(openResident(NAMES_KEY, 'home-01', sealed)).toEqual(resident)
      }),
    )
  })

  test('never looks the same twice, so that nobody sees who moved', () => {
    const [one, two] = [1, 2].map(() => sealResident(NAMES_KEY, 'home-01', RESIDENT))
    expect(one).not.toEqual(two)
  })

  test('says which key is wrong when it is opened with another', () => {
    const sealed = sealResident(NAMES_KEY, 'home-01', RESIDENT)
    expect(() => openResident(OTHER_KEY, 'home-01', sealed)).toThrow(/home-01.*ANBU_NAMES_KEY/)
  })

  test('does not open in another home', () => {
    const sealed = sealResident(NAMES_KEY, 'home-01', RESIDENT)
    expect(() => openResident(NAMES_KEY, 'home-02', sealed)).toThrow(/home-02/)
  })

  test('does not open when any one byte of it was changed', () => {
    const sealed = sealResident(NAMES_KEY, 'home-01', RESIDENT)
    for (let at = 0; at < sealed.length; at++) {
      const bent = Buffer.from(sealed)
      bent[at] = (bent[at] ?? 0) ^ 1
      expect(() => openResident(NAMES_KEY, 'home-01', bent), `byte ${at}`).toThrow(/home-01/)
    }
  })
})

describe('looking at a name', () => {
  const look = { namesKey: NAMES_KEY, household: 'home-01', person: 'haneul' }

  test('shows it and records who looked and when', async ({ pool }) => {
    await buildTown(pool)
    expect(await lookAtResident(pool, look, NIGHT)).toMatchObject({ name: '가나다' })
    const { rows } = await pool.query('select person, at from resident_look')
    expect(rows).toEqual([{ person: 'haneul', at: NIGHT }])
  })

  test('with the wrong key shows nothing, and records nothing that was not seen', async ({
    pool,
  }) => {
    await buildTown(pool)
    const wrong = lookAtResident(pool, { ...look, namesKey: OTHER_KEY }, NIGHT)
    await expect(wrong).rejects.toThrow(/ANBU_NAMES_KEY/)
    expect((await pool.query('select from resident_look')).rowCount).toBe(0)
  })

  test('by somebody who is not of the staff shows nothing', async ({ pool }) => {
    await buildTown(pool)
    await expect(lookAtResident(pool, { ...look, person: 'nobody' }, NIGHT)).rejects.toThrow(
      /person/,
    )
  })

  test('of a home that keeps none is null, and no row', async ({ pool }) => {
    await buildTown(pool)
    expect(await lookAtResident(pool, { ...look, household: 'home-02' }, NIGHT)).toBeNull()
    expect((await pool.query('select from resident_look')).rowCount).toBe(0)
  })

  test('finds nothing legible in the database itself', async ({ pool }) => {
    await buildTown(pool)
    await saveResident(pool, NAMES_KEY, 'home-02', RESIDENT)
    const { rows } = await pool.query<{ sealed: Buffer }>('select sealed from resident')
    for (const { sealed } of rows) expect(sealed.toString('utf8')).not.toContain('가나다')
  })
})
