import { describe, expect, test } from 'vitest'
import { type QuietHome, judge, lastBelieved, outlook } from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { HOUR, QUARTER } from '../../services/core/time.ts'
import { TEN, home } from './quiet-home.ts'

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
    const seen = { before: { presence: 'home', since: TEN + 20 * HOUR } } as const
    expect(judge(prowled(24, { ...seen, lastExit: TEN + 20 * HOUR }), now).kind).toBe('calm')
    // Who never used an exit was but out of sight.
    expect(judge(prowled(24, seen), now).kind).toBe('unusual')
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
    // Who visited them went by it, and they were found at home.
    const visited = { ...used, homeUntil: TEN + HOUR }
    expect(outlook(prowled(13, visited), now).caution).toBe(TEN + 12 * HOUR)
  })

  test('of a silence leave it to the silence', () => {
    expect(outlook(prowled(2), TEN + 2 * HOUR).caution).toBeLessThan(TEN + 22 * HOUR)
    // Whoever is never surprised: signs that went on for less than half of the 23 hours are no cat.
    const still = { rhythm: { ...EMPTY_RHYTHM, tail: { level: 500, scale: 1 } } }
    expect(outlook(prowled(11, still), TEN + 12 * HOUR).caution).toBe(TEN + 35 * HOUR)
    expect(outlook(prowled(12, still), TEN + 12 * HOUR).caution).toBe(TEN + 23 * HOUR)
  })
})

/** One sensor has spoken in every half hour since ten; others speak, and somebody or a cat walks about. */
function tireless(hours: number, rest: Partial<QuietHome> = {}): QuietHome {
  const at = TEN + hours * HOUR
  const silent = { slot: 0, since: TEN, until: at + 0.6 * HOUR, rest: HOUR / 2 }
  const restless = [{ ...silent, room: '거실', uid: 'pir' }]
  return home({
    lastActivity: at,
    lastInner: at,
    lastOther: at,
    lastCompany: at,
    restless,
    ...rest,
  })
}

describe('a sensor that does not rest', () => {
  test('is believed for less than a day, whatever the others say', () => {
    expect(judge(tireless(22.9), TEN + 22.9 * HOUR).kind).toBe('calm')
    const found = judge(tireless(23), TEN + 23 * HOUR)
    const reason = {
      rule: 'alone',
      restless: HOUR / 2,
      othersSince: TEN,
      limit: 23 * HOUR,
      uid: 'pir',
    }
    expect(found).toMatchObject({ kind: 'unusual', grade: 'caution', due: TEN + 23 * HOUR, reason })
    expect(lastBelieved(tireless(24), TEN + 24 * HOUR)).toBe(TEN)
  })

  test('says nothing once it rests, out of sight, or of who was confirmed since', () => {
    const now = TEN + 24 * HOUR
    const rests = { slot: 0, since: TEN, until: TEN + 22.8 * HOUR, rest: HOUR / 2 }
    expect(judge(tireless(24, { restless: [rests] }), now).kind).toBe('calm')
    expect(judge(tireless(24, { confirmed: TEN + 20 * HOUR }), now).kind).toBe('calm')
    const dark = { unseen: [{ since: TEN + 22 * HOUR, until: null }] }
    expect(judge(tireless(24, dark), now).kind).toBe('calm')
  })

  test('is still not believed when another has taught since it was told of that they go on', () => {
    const stretch: [number, number] = [TEN / QUARTER - 96, 21 * 4]
    const half = { going: [], longest: [stretch] }
    const rhythm = { ...EMPTY_RHYTHM, tireless: { ...EMPTY_RHYTHM.tireless, half } }
    const now = TEN + 24 * HOUR
    expect(lastBelieved(tireless(24, { rhythm }), now)).toBe(now)
    expect(lastBelieved(tireless(24, { rhythm, raised: 'caution' }), now)).toBe(TEN)
  })

  test('is believed for twice as long once somebody was found at home with it, and not for a fault', () => {
    // Asked after 23 hours of which one was out of sight, and 30 after that it is twice the 22.
    const confirmed = TEN + 23 * HOUR
    const unseen = [{ since: TEN + HOUR, until: TEN + 2 * HOUR }]
    const asked = (hours: number, homeUntil: number | null) =>
      judge(tireless(hours, { confirmed, homeUntil, unseen }), TEN + hours * HOUR).kind
    const [calm, unusual] = ['calm', 'unusual']
    for (const found of [confirmed, confirmed + HOUR / 2])
      expect([asked(66.9, found), asked(67, found)]).toEqual([calm, unusual])
    for (const not of [confirmed - 1, null])
      expect([asked(45.9, not), asked(46, not)]).toEqual([calm, unusual])
    const never = tireless(23, { homeUntil: TEN, unseen: [] })
    expect(judge(never, TEN + 23 * HOUR).kind).toBe(unusual)
    // What it is told of by then is judged by 23 hours, as it was raised.
    const raised = tireless(50, { confirmed, homeUntil: confirmed, unseen, raised: 'caution' })
    expect(lastBelieved(raised, TEN + 50 * HOUR)).toBe(TEN)
  })

  test('that a grade tells of keeps who is missed missed, whatever else is known', () => {
    const now = TEN + 30 * HOUR
    const raised = { raised: 'caution', restless: [] } as const
    expect(lastBelieved(tireless(30, { ...raised, standsSince: TEN }), now)).toBe(TEN)
    expect(lastBelieved(tireless(30, { ...raised, standsSince: null }), now)).toBe(now)
  })

  test('is told of whatever the ceiling, and at the exit of who is out too, for its contact has them out', () => {
    const early = { policy: { ...tireless(1).policy, ceiling: 4 * HOUR } }
    expect(judge(tireless(22.9, early), TEN + 22.9 * HOUR).kind).toBe('calm')
    const at = TEN + 24 * HOUR
    const out = { lastExit: at, lastInner: TEN - HOUR, lastCompany: null, lastOther: null }
    const before = { presence: 'away', since: TEN - HOUR } as const
    const found = judge(tireless(24, { ...out, before }), at + 60_000)
    expect(found).toMatchObject({ grade: 'caution', reason: { rule: 'alone', presence: 'away' } })
  })

  test('has the home looked at by the time it could be told, also if it begins to go on only now', () => {
    expect(judge(tireless(22), TEN + 22 * HOUR).deadline).toBeLessThanOrEqual(TEN + 23 * HOUR)
    // Of a home that is never asked about but by its hours, and has one sensor, nothing else is due so soon.
    const budgets = { watch: 0, caution: 0, warning: 0, danger: 0 }
    const policy = { ...tireless(1).policy, budgets }
    const slow = tireless(1, { restless: [], policy, lastOther: null, lastCompany: null })
    expect(judge(slow, TEN + HOUR).deadline).toBe(TEN + 24 * HOUR)
    // By two hours of UTC one that begins to at noon has done so since eleven.
    const twoHours = { ...EMPTY_RHYTHM, tireless: { ...EMPTY_RHYTHM.tireless, rest: 4 as const } }
    const since = judge({ ...slow, rhythm: twoHours }, TEN + 2 * HOUR)
    expect(since.deadline).toBe(TEN + 24 * HOUR)
  })
})
