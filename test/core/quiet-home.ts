import fc from 'fast-check'
import { POLICIES, type QuietHome } from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'

/** The midnight in which a Monday begins in Seoul. */
export const MONDAY = Date.parse('2026-03-02T00:00:00+09:00')
/** Ten in the morning of that Monday. */
export const TEN = MONDAY + 10 * HOUR

/** A home of the high tier of which nothing is known, where somebody moved in the living room at ten. */
export function home(rest: Partial<QuietHome> = {}): QuietHome {
  return {
    timeZone: 'Asia/Seoul',
    policy: POLICIES.high,
    rhythm: EMPTY_RHYTHM,
    lastActivity: TEN,
    lastInner: TEN,
    lastExit: null,
    lastRoom: '거실',
    lastOther: null,
    lastCompany: null,
    before: { presence: 'home', since: MONDAY },
    confirmed: 0,
    unseen: [],
    raised: null,
    ...rest,
  }
}

/** Four weeks of somebody who moves in most quarter hours from 6 to 22. */
export const LIVELY = learn(
  EMPTY_RHYTHM,
  {
    activity: Array.from({ length: 28 * 96 }, (_, n) => n)
      .filter((n) => n % 96 >= 24 && n % 96 < 88 && n % 5 > 0)
      .map((n) => ({ quarter: MONDAY - 28 * DAY + n * QUARTER, exit: false, sensors: 0 })),
    unseen: [],
    timeZone: 'Asia/Seoul',
  },
  MONDAY,
)

/** The same home, whose meter tells when something runs: in the evening. */
export const METERED = learn(
  EMPTY_RHYTHM,
  {
    activity: Array.from({ length: 28 * 96 }, (_, n) => n)
      .filter((n) => n % 96 >= 24 && n % 96 < 88 && n % 9 === 0)
      .map((n) => ({ quarter: MONDAY - 28 * DAY + n * QUARTER, exit: false, sensors: 0 })),
    unseen: [],
    timeZone: 'Asia/Seoul',
    ran: Array.from({ length: 28 }, (_, day) => ({
      since: MONDAY - (28 - day) * DAY + 18 * HOUR,
      until: MONDAY - (28 - day) * DAY + 21 * HOUR,
    })),
  },
  MONDAY,
)

/** Any home, known or not, whose resident has moved, used the exit, or is out of sight. */
export const anyHome = fc
  .record({
    policy: fc.constantFrom(...Object.values(POLICIES)),
    rhythm: fc.constantFrom(EMPTY_RHYTHM, LIVELY, METERED),
    on: fc.option(fc.integer({ min: 0, max: 2 * HOUR })),
    lastActivity: fc.integer({ min: TEN, max: TEN + 3 * DAY }),
    exit: fc.option(fc.integer({ min: 0, max: HOUR })),
    dark: fc.array(fc.tuple(fc.nat(DAY), fc.nat(DAY), fc.boolean()), { maxLength: 2 }),
  })
  .map(({ exit, dark, lastActivity, on, ...rest }) =>
    home({
      ...rest,
      running: on === null ? null : { since: lastActivity + on, room: '거실', role: 'plug' },
      lastActivity,
      lastInner: exit === 0 ? null : lastActivity - (exit ?? 0),
      lastExit: exit === null ? null : lastActivity,
      unseen: dark.map(([from, length, open]) => ({
        since: lastActivity + from,
        until: open ? null : lastActivity + from + length,
      })),
    }),
  )
/** Any time after its last sign of life. */
export const anyLength = fc.integer({ min: 0, max: 5 * DAY })
