import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Passings,
  NO_PASSINGS,
  isOnTheWay,
  kindOfPassing,
} from '../../services/core/entrance.ts'
import { type QuietHome, POLICIES, judge, outlook } from '../../services/core/inactivity.ts'
import { SETTLE } from '../../services/core/presence.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'

const ZONE = 'Asia/Seoul'
const MONDAY = Date.parse('2026-03-02T00:00:00+09:00')
const DAYS = 60

/** By day in the living room, from `bed` to seven in a bedroom without a sensor, and once in the bathroom at two. */
function quartersOf(bed: number, isExit: boolean) {
  const oneDay = (day: number) => {
    const at = (hour: number, exit: boolean, sensors: number) => ({
      quarter: MONDAY + day * DAY + hour * HOUR,
      exit,
      sensors,
    })
    const passed = (hour: number) => at(hour, isExit, isExit ? 4 : 1)
    const stays = Array.from({ length: 2 * (bed - 7) - 1 }, (_, i) => at(7.5 + i / 2, false, 3))
    return [at(2, false, 1), passed(7), ...stays, passed(bed)]
  }
  return Array.from({ length: DAYS }, (_, day) => oneDay(day)).flat()
}

/** Who lives so, after the visit to the bathroom in the last night. */
function asleep(bed: number, isExit: boolean): QuietHome {
  const past = { activity: quartersOf(bed, isExit), unseen: [], timeZone: ZONE, byMotion: isExit }
  const midnight = MONDAY + DAYS * DAY
  const passed = midnight - (24 - bed) * HOUR
  const inBathroom = midnight + 2 * HOUR
  return {
    timeZone: ZONE,
    policy: POLICIES.high,
    rhythm: learn(EMPTY_RHYTHM, past, midnight),
    lastActivity: inBathroom,
    lastInner: inBathroom,
    lastExit: isExit ? passed : null,
    lastRoom: null,
    lastOther: passed,
    lastCompany: null,
    raised: null,
    before: { presence: 'home', since: passed },
    byMotion: isExit,
    stirs: 1,
    confirmed: 0,
    unseen: [],
  }
}

describe('whose bedroom is behind the entrance and has no sensor', () => {
  // By the clock at ten; at nine, and half past five, by what the nights before have shown.
  test.each([22, 21, 17.5])(
    'and who goes to bed at %d is missed as if no exit were seen',
    (bed) => {
      const [passing, plain] = [asleep(bed, true), asleep(bed, false)]
      const now = passing.lastActivity + SETTLE
      const due = outlook(passing, now)
      expect(judge(passing, now).where.presence).toBe('home')
      expect(Math.abs(due.caution - outlook(plain, now).caution)).toBeLessThan(HOUR)
      expect(due.caution - passing.lastActivity).toBeLessThan(8 * HOUR)
      // The first two nights are believed; from then on no exit works here.
      const { door } = passing.rhythm
      if (bed === 22) expect(door).toBe((MONDAY + 59 * DAY + 7 * HOUR) / QUARTER)
      else expect(door).toBeLessThan((MONDAY + 3 * DAY) / QUARTER)
    },
  )
})

describe('who passes a motion sensor at the entrance', () => {
  const home = { ...asleep(22, true), rhythm: EMPTY_RHYTHM, lastInner: MONDAY }
  const at = (hour: number, rest: Partial<QuietHome> = {}) => {
    const lastExit = MONDAY + hour * HOUR
    return judge({ ...home, lastActivity: lastExit, lastExit, ...rest }, lastExit + SETTLE).where
  }

  test('by day has left, and from ten to six is on the way to another room', () => {
    const hours = [5.75, 6, 21.75, 22, 27]
    expect(hours.map((hour) => at(hour).presence)).toEqual(['home', 'away', 'away', 'home', 'home'])
    // A contact knows better.
    expect(at(22, { byMotion: false }).presence).toBe('away')
  })

  test('at night, having been out, is not back before anything moves inside', () => {
    const before = { presence: 'away', since: MONDAY + 18 * HOUR } as const
    const lastExit = MONDAY + 23 * HOUR
    expect(at(23, { before })).toMatchObject(before)
    // Only who has been.
    expect(at(23, { before: { presence: 'away', since: lastExit } }).presence).toBe('home')
    expect(at(23, { before, lastInner: lastExit + MINUTE })).toEqual({
      presence: 'home',
      since: lastExit,
      until: null,
    })
  })

  test('in a home where more than a third, and two, were found inside, has left at no hour', () => {
    const before = { presence: 'away', since: MONDAY } as const
    const told = (passings: Passings) =>
      at(12, { before, rhythm: { ...EMPTY_RHYTHM, passings } }).presence
    expect(told({ out: 0, inside: 1 })).toBe('away')
    expect(told({ out: 0, inside: 2 })).toBe('home')
    expect(told({ out: 4, inside: 2 })).toBe('away')
    expect(told({ out: 3.9, inside: 2 })).toBe('home')
    expect(isOnTheWay(NO_PASSINGS, MONDAY + 12 * HOUR, ZONE)).toBe(false)
  })
})

test('a passing in the quarter hour of a walk ends no pause of it, as a use of the exit does', () => {
  // From seven to nine in the evening six signs of two sensors in each quarter hour: five are a walk, and the nights are pauses.
  const lively = Array.from({ length: 14 * 56 }, (_, i) => ({
    quarter: MONDAY + Math.floor(i / 56) * DAY + 7 * HOUR + (i % 56) * QUARTER,
    sensors: 0b11,
    signs: 6,
  }))
  const pausesOf = (isPassed: (place: number) => boolean, byMotion: boolean) => {
    const activity = lively.map((each, i) => ({ ...each, exit: isPassed(i % 56) }))
    const past = { activity, unseen: [], timeZone: ZONE, byMotion }
    return learn(EMPTY_RHYTHM, past, MONDAY + 14 * DAY).walking.pauses
  }
  // From a quarter to nine until seven.
  const nights = Array<number>(8).fill(41)
  expect(pausesOf(() => false, true)).toEqual(nights)
  // Nor does who passes it last in the evening: the first nights have shown that they sleep at home.
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(55)), (passed) => {
      expect(pausesOf((place) => passed.includes(place), true)).toEqual(nights)
    }),
  )
  expect(pausesOf((place) => place === 0, false)).not.toEqual(nights)
})

const kind = (hour: number, hours: number, exit: boolean) =>
  kindOfPassing([(MONDAY + hour * HOUR) / QUARTER, hours * 4], exit, ZONE)

test('hours without a sign show whether who passed had left', () => {
  expect(kind(10, 1.75, false)).toBeNull()
  expect([kind(10, 2, true), kind(10, 2, false)]).toEqual(['out', 'inside'])
  // Who lives alone sleeps at home: from nine until three, and a quarter of an hour more.
  expect([kind(21, 6, true), kind(21, 6.25, true)]).toEqual(['out', 'inside'])
  expect(kind(22, 5, true)).toBeNull()
  // Nobody lies so long at home and is well: who comes back by the entrance was on a journey. Who comes back unseen may have slept.
  expect([kind(13, 15.75, true), kind(13, 16, true), kind(13, 50, true)]).toEqual([
    'inside',
    'out',
    'out',
  ])
  expect(kind(13, 50, false)).toBe('inside')
})
