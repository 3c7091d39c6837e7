import { describe, expect, test } from 'vitest'
import { judge, lastBelieved, outlook } from '../../services/core/inactivity.ts'
import { SETTLE } from '../../services/core/presence.ts'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { TEN, home } from './quiet-home.ts'

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
