import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Tier } from '../../schemas/household.ts'
import { type Grade, Reason } from '../../schemas/signal.ts'
import {
  POLICIES,
  type QuietHome,
  judge,
  lastBelieved,
  outlook,
} from '../../services/core/inactivity.ts'
import { SETTLE, settlesAt } from '../../services/core/presence.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'

const MONDAY = Date.parse('2026-03-02T00:00:00+09:00')
const TEN = MONDAY + 10 * HOUR

function home(rest: Partial<QuietHome> = {}): QuietHome {
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
const LIVELY = learn(
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
const METERED = learn(
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

const anyHome = fc
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
const anyLength = fc.integer({ min: 0, max: 5 * DAY })

describe('a silence', () => {
  test('of a home that nobody knows is unusual after some hours by day, on the first day', () => {
    const { watch, danger } = outlook(home(), TEN)
    expect(watch).toBeGreaterThan(TEN + 4 * HOUR)
    expect(watch).toBeLessThan(TEN + 9 * HOUR)
    expect(danger).toBeLessThanOrEqual(TEN + 96 * HOUR)
  })

  test('of somebody lively is unusual sooner, and by night later than by day', () => {
    const day = outlook(home({ rhythm: LIVELY }), TEN).watch - TEN
    expect(day).toBeLessThan(outlook(home(), TEN).watch - TEN)
    const late = MONDAY + 21 * HOUR
    expect(
      outlook(home({ rhythm: LIVELY, lastActivity: late }), late).watch - late,
    ).toBeGreaterThan(2 * day)
  })

  test('turns unusual when it is due and not a moment before', () => {
    const { watch: due } = outlook(home(), TEN)
    expect(judge(home(), due - 1).kind).toBe('calm')
    const found = judge(home(), due)
    expect(found).toMatchObject({ kind: 'unusual', grade: 'watch', due })
    // The threshold of the cohort for one false alarm a month: ln(5 x 4) - 1.79 + 2.1 ln 7.61 = 5.47.
    const reason = { rule: 'surprise', threshold: 5.47, budget: 1 }
    expect(found).toMatchObject({ reason: { ...reason, lastRoom: '거실', silentFor: due - TEN } })
    const { surprise = 0 } =
      found.kind === 'unusual' && found.reason.rule === 'surprise' ? found.reason : {}
    expect(surprise).toBeGreaterThanOrEqual(5.47)
    expect(surprise).toBeLessThan(6.5)
  })

  test('of a graver grade names the budget that its threshold came from', () => {
    const quiet = home({ policy: POLICIES.low })
    // Nothing sees the exit: half of 0.1. By this cohort that is 11.76 nats (test/core/budget.test.ts).
    const reason = { rule: 'surprise', budget: 0.05, threshold: 11.76 }
    expect(judge(quiet, outlook(quiet, TEN).warning)).toMatchObject({ grade: 'warning', reason })
  })

  test('rises through the grades, each at its own time', () => {
    const seen: [Grade, number][] = []
    let raised: Grade | null = null
    for (let at = judge(home(), TEN).deadline; at !== null;) {
      const found = judge(home({ raised }), at)
      at = found.deadline
      if (found.kind === 'calm') continue
      seen.push([found.grade, found.due])
      raised = found.grade
    }
    expect(seen).toEqual(Object.entries(outlook(home(), TEN)))
    expect(judge(home({ raised }), TEN + 9 * DAY)).toMatchObject({ kind: 'calm', deadline: null })
  })

  test('that was looked at late is of the highest grade that is due', () => {
    expect(judge(home(), TEN + 4 * DAY)).toMatchObject({ kind: 'unusual', grade: 'danger' })
  })

  test('that a person has confirmed counts from then, and its last sign of life stays what it was', () => {
    const at = TEN + 2 * HOUR
    const asIfSeen = outlook(home({ lastActivity: at }), at)
    expect(outlook(home({ confirmed: at }), at)).toEqual(asIfSeen)
    const found = judge(home({ confirmed: at }), asIfSeen.watch)
    const reason = { since: TEN, silentFor: asIfSeen.watch - TEN, threshold: 5.47 }
    expect(found).toMatchObject({ kind: 'unusual', grade: 'watch', reason })
  })

  test('is never unusual within the first hour', () => {
    const nervous = { ...LIVELY, tail: { level: -9, scale: 0.1 } }
    expect(outlook(home({ rhythm: nervous }), TEN).watch).toBe(TEN + POLICIES.high.floor)
  })

  test('never grows a higher grade before a lower one', () => {
    fc.assert(
      fc.property(anyHome, anyLength, (quiet, length) => {
        const due = outlook(quiet, quiet.lastActivity + length)
        expect(due.caution).toBeLessThanOrEqual(due.warning)
        expect(due.warning).toBeLessThanOrEqual(due.danger)
        expect(due.watch).toBeLessThanOrEqual(due.caution)
      }),
    )
  })

  test('that begins later is looked at half an hour after it is due, at the latest', () => {
    const cases = fc.tuple(
      anyHome,
      fc.integer({ min: 0, max: DAY }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(cases, ([each, gone, share]) => {
        const quiet = { ...each, lastExit: null, lastInner: each.lastActivity }
        const now = quiet.lastActivity + gone
        const { deadline, kind } = judge(quiet, now)
        if (deadline === null || kind === 'unusual') return
        const at = now + Math.floor(share * (deadline - now))
        const later = { ...quiet, lastActivity: at, lastInner: at }
        expect(outlook(later, at).watch).toBeGreaterThan(deadline - 30 * MINUTE)
      }),
      { numRuns: 300 },
    )
  })

  test('is looked at again no sooner than the floor, but to see whether somebody has left', () => {
    fc.assert(
      fc.property(anyHome, fc.integer({ min: 0, max: DAY }), (quiet, gone) => {
        const now = quiet.lastActivity + gone
        const { deadline, kind } = judge(quiet, now)
        const due = outlook(quiet, now)
        const settles = settlesAt(quiet, now) ?? Infinity
        const least = Math.min(now + quiet.policy.floor, due.watch, due.caution, settles)
        if (kind === 'calm') expect(deadline).toBeGreaterThanOrEqual(least)
      }),
    )
  })

  test('has a reason that can be stored', () => {
    fc.assert(
      fc.property(anyHome, anyLength, (quiet, length) => {
        const found = judge(quiet, quiet.lastActivity + length)
        if (found.kind === 'unusual') expect(Reason.parse(found.reason)).toEqual(found.reason)
      }),
    )
  })
})

describe('a silence that something runs through', () => {
  const television = { since: TEN, room: '거실', role: 'plug' } as const
  const idle = home({ rhythm: METERED, policy: POLICIES.low })
  const running = { ...idle, running: television }

  test('is due sooner than one that may be a journey', () => {
    expect(outlook(running, TEN).caution).toBeLessThan(outlook(idle, TEN).caution - HOUR)
  })

  test('is one of those that it has run through from an hour and a half on', () => {
    const since = (minutes: number) => ({ ...television, since: TEN + minutes * MINUTE })
    const due = (minutes: number) => outlook({ ...idle, running: since(minutes) }, TEN).caution
    expect(due(90)).toBe(outlook(running, TEN).caution)
    expect(due(91)).toBe(outlook(idle, TEN).caution)
  })

  test('stays one when that goes off by itself', () => {
    const off = (hours: number) => ({ ...television, since: TEN - HOUR, until: TEN + hours * HOUR })
    const due = (hours: number) => outlook({ ...idle, running: off(hours) }, TEN).caution
    expect(due(3)).toBe(outlook(running, TEN).caution)
    // Who switched it off may have left, and what went off with the last sign of life runs through nothing.
    expect([due(2), due(0)]).toEqual(Array(2).fill(outlook(idle, TEN).caution))
  })

  test('is told with what runs', () => {
    const due = outlook(running, TEN).caution
    expect(judge(running, due)).toMatchObject({ reason: { running: television } })
    const calm = judge(idle, outlook(idle, TEN).caution)
    expect(calm.kind === 'unusual' && 'running' in calm.reason).toBe(false)
  })

  test('is looked at when it is due, though it was not known at first that something runs', () => {
    const due = Math.max(outlook(running, TEN).watch, TEN + 2.5 * HOUR)
    expect(judge(idle, TEN + 2 * HOUR).deadline).toBe(due)
    // From two and a half hours on it is known.
    expect(judge(idle, TEN + 2.5 * HOUR).deadline).toBeGreaterThan(due)
  })

  test('that begins later is looked at half an hour after it is due, at the latest', () => {
    // Of grades that wait for longer than a journey is rare.
    const budgets = { watch: 0.1, caution: 0.05, warning: 0.02, danger: 0.01 }
    const patient = { ...idle, policy: { ...POLICIES.low, budgets } }
    const { deadline } = judge(patient, TEN + 2.5 * HOUR)
    const dues = Array.from({ length: 12 }, (_, half) => {
      const at = TEN + 2.5 * HOUR + half * 30 * MINUTE
      const since = { ...television, since: at }
      return outlook({ ...patient, lastActivity: at, lastInner: at, running: since }, at).watch
    })
    expect(deadline).toBeLessThan(Math.min(...dues) + 30 * MINUTE)
    expect(outlook(patient, TEN).watch).toBeGreaterThan(Math.min(...dues) + 30 * MINUTE)
  })
})

describe('the ceiling of the tier', () => {
  test.each(Tier.options)('always fires, %s, however dark or still the home is', (tier) => {
    const dark = [{ since: TEN + MINUTE, until: null }]
    const still = { ...EMPTY_RHYTHM, tail: { level: 500, scale: 1 } }
    const policy = POLICIES[tier]
    const hidden = [home({ policy, unseen: dark }), home({ policy, rhythm: still })]
    for (const each of hidden) {
      const found = judge(each, TEN + policy.ceiling)
      expect(found).toMatchObject({
        kind: 'unusual',
        grade: 'caution',
        reason: { rule: 'ceiling' },
      })
      expect(judge(each, TEN + policy.ceiling - 1).kind).toBe('calm')
    }
    const blind = home({ policy, unseen: dark })
    expect(judge(blind, TEN + 2 * policy.ceiling)).toMatchObject({ grade: 'warning' })
    expect(judge(blind, TEN + 4 * policy.ceiling - 1)).toMatchObject({ grade: 'warning' })
    expect(judge(blind, TEN + 4 * policy.ceiling)).toMatchObject({ grade: 'danger' })
  })

  test('holds for every home and grade', () => {
    fc.assert(
      fc.property(anyHome, anyLength, (quiet, length) => {
        const now = quiet.lastActivity + length
        const due = outlook(quiet, now)
        const ceiling = quiet.policy.ceiling
        const isAway = judge(quiet, now).where.presence === 'away'
        expect(due.watch - quiet.lastActivity).toBeLessThanOrEqual(ceiling)
        expect(due.caution - quiet.lastActivity).toBeLessThanOrEqual(isAway ? 2 * ceiling : ceiling)
        expect(due.danger - quiet.lastActivity).toBeLessThanOrEqual(4 * ceiling)
      }),
    )
  })
})

// One sensor flaps every twenty minutes; the others have been silent since ten.
function flapping(hours: number, rest: Partial<QuietHome> = {}): QuietHome {
  const at = TEN + hours * HOUR
  return home({ lastActivity: at, lastInner: at, lastOther: TEN, ...rest })
}

describe('one sensor alone', () => {
  test('is believed for less than a day, and keeps nobody alive for longer', () => {
    expect(judge(flapping(22.9), TEN + 22.9 * HOUR).kind).toBe('calm')
    const found = judge(flapping(23), TEN + 23 * HOUR)
    expect(found).toMatchObject({ kind: 'unusual', grade: 'caution', due: TEN + 23 * HOUR })
    const reason = { rule: 'alone', othersSince: TEN, limit: 23 * HOUR }
    expect(found).toMatchObject({ reason })
  })

  test('is nothing new to a home where it spoke alone for most of a day', () => {
    const lone: [number, number][] = [[TEN / QUARTER - 96, 20 * 4]]
    const used = { rhythm: { ...EMPTY_RHYTHM, lone } }
    // But for twice the 20 hours.
    expect(judge(flapping(39.9, used), TEN + 39.9 * HOUR).kind).toBe('calm')
    expect(judge(flapping(40, used), TEN + 40 * HOUR)).toMatchObject({ grade: 'caution' })
  })

  test('counts as nobody from then on, and as somebody before', () => {
    expect(lastBelieved(flapping(24), TEN + 24 * HOUR)).toBe(TEN)
    expect(lastBelieved(flapping(5), TEN + 5 * HOUR)).toBe(TEN + 5 * HOUR)
    const confirmed = flapping(24, { confirmed: TEN + 12 * HOUR })
    expect(lastBelieved(confirmed, TEN + 24 * HOUR)).toBe(TEN + 24 * HOUR)
  })

  test('has the home looked at by the time it could be told', () => {
    const { deadline } = judge(flapping(22), TEN + 22 * HOUR)
    expect(deadline).toBeLessThanOrEqual(TEN + 23 * HOUR)
  })
})

/** A cat goes on moving, a room at a time; somebody walked about at ten last. */
function prowled(hours: number, rest: Partial<QuietHome> = {}): QuietHome {
  const at = TEN + hours * HOUR
  return home({ lastActivity: at, lastInner: at, lastOther: at, lastCompany: TEN, ...rest })
}

describe('single signs of several sensors', () => {
  test('are believed for less than a day', () => {
    expect(judge(prowled(22.9), TEN + 22.9 * HOUR).kind).toBe('calm')
    const found = judge(prowled(23), TEN + 23 * HOUR)
    const reason = { rule: 'alone', few: true, othersSince: TEN, limit: 23 * HOUR }
    expect(found).toMatchObject({ kind: 'unusual', grade: 'caution', reason })
    expect(lastBelieved(prowled(24), TEN + 24 * HOUR)).toBe(TEN)
    expect(judge(prowled(22), TEN + 22 * HOUR).deadline).toBeLessThanOrEqual(TEN + 23 * HOUR)
  })

  test('say nothing of who has come home since, was confirmed, or is out', () => {
    const now = TEN + 24 * HOUR
    const back = prowled(24, { before: { presence: 'home', since: TEN + 20 * HOUR } })
    expect(judge(back, now).kind).toBe('calm')
    expect(judge(prowled(24, { confirmed: TEN + 20 * HOUR }), now).kind).toBe('calm')
    const out = prowled(1, { lastExit: TEN + 2 * HOUR, lastActivity: TEN + 2 * HOUR })
    expect(outlook(out, TEN + 3 * HOUR).caution).toBe(TEN + 50 * HOUR)
  })

  test('are believed for less where the home pauses for less, but not since the exit was used', () => {
    // Eight hours a night, and half as long again.
    const walking = { ...EMPTY_RHYTHM.walking, pauses: Array<number>(20).fill(32) }
    const known = { rhythm: { ...EMPTY_RHYTHM, walking } }
    const now = TEN + 13 * HOUR
    expect(outlook(prowled(13, known), now).caution).toBe(TEN + 12 * HOUR)
    expect(outlook(prowled(13, { ...known, lastExit: TEN - HOUR }), now).caution).toBe(
      TEN + 12 * HOUR,
    )
    const used = { ...known, lastExit: TEN + HOUR }
    expect(outlook(prowled(13, used), now).caution).toBe(TEN + 23 * HOUR)
  })

  test('of a silence leave it to the silence', () => {
    expect(outlook(prowled(2), TEN + 2 * HOUR).caution).toBeLessThan(TEN + 22 * HOUR)
    // Whoever is never surprised: signs that went on for less than half of the 23 hours are no cat.
    const still = { rhythm: { ...EMPTY_RHYTHM, tail: { level: 500, scale: 1 } } }
    expect(outlook(prowled(11, still), TEN + 12 * HOUR).caution).toBe(TEN + 35 * HOUR)
    expect(outlook(prowled(12, still), TEN + 12 * HOUR).caution).toBe(TEN + 23 * HOUR)
  })
})

describe('who is out', () => {
  const gone = home({ lastExit: TEN, lastInner: TEN - MINUTE })

  test('is not missed by the hour of the day, but when the absence is too long', () => {
    // 12 hours, and 12 more for each tenth of a budget of 1: 12 (1 + 0.5229) = 18.27 hours.
    const limit = Math.round(12 * 60 * (1 - Math.log10(0.3))) * MINUTE
    const { deadline, where } = judge(gone, TEN + HOUR)
    expect(where).toMatchObject({ presence: 'away', until: TEN + limit })
    expect(deadline).toBeLessThanOrEqual(TEN + limit)
    expect(outlook(gone, TEN + HOUR).watch).toBe(TEN + limit)
    const found = judge(gone, TEN + limit)
    expect(found).toMatchObject({ kind: 'unusual', grade: 'watch' })
    expect(found).toMatchObject({ reason: { rule: 'away', limit, presence: 'away' } })
  })

  test('by a motion sensor at the entrance is asked about in time, though one inside fires once every few hours', () => {
    const lastSign = TEN + 30 * HOUR
    const fired = {
      ...gone,
      byMotion: true,
      stirs: 1,
      before: { presence: 'away', since: TEN } as const,
      lastActivity: lastSign,
      lastInner: lastSign,
    }
    // Twice 24 hours since they passed the entrance, and not since the sensor fired.
    expect(outlook(fired, lastSign).caution).toBe(TEN + 48 * HOUR)
    expect(lastBelieved(fired, lastSign)).toBe(TEN)
    // Nor is anybody back who passes the entrance, until it shows.
    const lastExit = lastSign + MINUTE
    const passed = { ...fired, lastExit, lastActivity: lastExit }
    expect(lastBelieved(passed, lastExit + MINUTE)).toBe(TEN)
    expect(lastBelieved(passed, lastExit + SETTLE)).toBe(TEN)
    // However often it is passed.
    expect(outlook(passed, lastExit + SETTLE).caution).toBe(TEN + 48 * HOUR)
    // Who confirms that all is well is believed.
    expect(outlook({ ...fired, confirmed: TEN + HOUR }, lastSign).caution).toBe(TEN + 49 * HOUR)
    // So it is of who was seen to leave by a contact, where the home asks for more than one sign of a return.
    const { walking } = EMPTY_RHYTHM
    const contact = { ...fired, byMotion: false }
    const lively = { ...EMPTY_RHYTHM, walking: { ...walking, back: 4 } }
    expect(outlook({ ...contact, rhythm: lively }, lastSign).caution).toBe(TEN + 48 * HOUR)
    expect(outlook(contact, lastSign).caution).toBeGreaterThan(lastSign)
    // Else what fires while the door falls shut is theirs.
    const glow = { ...gone, lastActivity: TEN + MINUTE, lastInner: TEN + MINUTE }
    expect(outlook(glow, TEN + HOUR).caution).toBe(TEN + 48 * HOUR + MINUTE)
    // What is said counts from there too, and tells no room in which one fired.
    const told = { ...fired, lastRoom: '주방', raised: 'watch' } as const
    expect(judge(told, TEN + 48 * HOUR)).toMatchObject({
      reason: {
        rule: 'ceiling',
        since: TEN,
        silentFor: 48 * HOUR,
        ceiling: 48 * HOUR,
        lastRoom: null,
      },
    })
    // Two signs are somebody's.
    const back = { ...fired, stirs: 2 }
    expect(outlook(back, lastSign).caution).toBeGreaterThan(lastSign)
    expect(lastBelieved(back, lastSign)).toBe(lastSign)
  })

  test('is looked at again when the exit has been quiet for ten minutes, whenever that was', () => {
    expect(judge(gone, TEN + MINUTE).deadline).toBe(TEN + SETTLE)
  })

  test('is asked about after twice the ceiling, and in danger after four times: a visit to the family is none', () => {
    const nervous = { ...gone, rhythm: { ...EMPTY_RHYTHM, tail: { level: -9, scale: 0.1 } } }
    const due = outlook(nervous, TEN + HOUR)
    expect([due.caution, due.warning, due.danger]).toEqual(
      [48, 72, 96].map((hours) => TEN + hours * HOUR),
    )
  })
})
