import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Lateness,
  faultSentence,
  faults,
  reasonsForSilence,
} from '../../services/core/lateness.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'

const NOW = Date.parse('2026-11-23T02:13:00+09:00')
const SECOND = 1000

function found(pulses: Record<string, number>, rest: Partial<Lateness> = {}): Lateness {
  return {
    overdue: { deadline: null, timer: null, signal: null, delivery: null },
    pulses: new Map(Object.entries(pulses)),
    failed: 0,
    aside: 0,
    unreached: 0,
    ...rest,
  }
}

const ALL = { ingest: NOW, detector: NOW, alerts: NOW, delivery: NOW }

describe('I17: a heartbeat leaves the house', () => {
  test('while all is at work', () => {
    expect(reasonsForSilence(found(ALL), NOW)).toEqual([])
    expect(reasonsForSilence(found({ ...ALL, canary: NOW - 10 * MINUTE }), NOW)).toEqual([])
  })

  test('not once the database is away, a service never spoke, or its word is half a minute old', () => {
    expect(reasonsForSilence(null, NOW)).toEqual([{ what: 'database', late: 0 }])
    for (const name of Object.keys(ALL)) {
      const { [name]: _gone, ...others } = { ...ALL } as Record<string, number>
      expect(reasonsForSilence(found(others), NOW).map(({ what }) => what)).toEqual([name])
      const old = found({ ...ALL, [name]: NOW - 30 * SECOND })
      expect(reasonsForSilence(old, NOW)).toEqual([{ what: name, late: 30 * SECOND }])
    }
  })

  test('not once anything waits for half a minute, or the canary does not come round', () => {
    for (const name of ['deadline', 'timer', 'signal', 'delivery'] as const) {
      const overdue = { ...found(ALL).overdue, [name]: NOW - 30 * SECOND }
      expect(reasonsForSilence(found(ALL, { overdue }), NOW).map(({ what }) => what)).toEqual([
        name,
      ])
    }
    const lost = found({ ...ALL, canary: NOW - 16 * MINUTE })
    expect(reasonsForSilence(lost, NOW).map(({ what }) => what)).toEqual(['canary'])
  })

  test('never while staff are told that something vital is late', () => {
    const ago = fc.integer({ min: 0, max: 2 * HOUR })
    const waits = fc.record({
      deadline: fc.option(ago),
      timer: fc.option(ago),
      signal: fc.option(ago),
      delivery: fc.option(ago),
    })
    const pulses = fc.record({
      ingest: ago,
      detector: ago,
      alerts: ago,
      delivery: ago,
      canary: ago,
    })
    fc.assert(
      fc.property(pulses, waits, (beats, overdue) => {
        const at = (by: number | null) => (by === null ? null : NOW - by)
        const given = found(
          Object.fromEntries(Object.entries(beats).map(([name, by]) => [name, NOW - by])),
          {
            overdue: {
              deadline: at(overdue.deadline),
              timer: at(overdue.timer),
              signal: at(overdue.signal),
              delivery: at(overdue.delivery),
            },
          },
        )
        const silent = new Set(reasonsForSilence(given, NOW).map(({ what }) => what))
        for (const { what } of faults(given, 1, NOW)) expect(silent).toContain(what)
      }),
    )
  })
})

describe('what staff are told', () => {
  test('is later than some sweeps, or failed; on a fast clock later by as much', () => {
    const late = found({ detector: NOW - 3 * MINUTE, canary: NOW - 3 * MINUTE }, { failed: 2 })
    expect(faults(late, 1, NOW)).toEqual([
      { what: 'detector', late: 3 * MINUTE },
      { what: 'failed', late: 0 },
    ])
    expect(faults(late, 2, NOW).map(({ what }) => what)).toEqual(['failed'])
  })

  test('has a sentence in both languages, with what to do', () => {
    const names = [
      'database',
      'ingest',
      'detector',
      'alerts',
      'delivery',
      'deadline',
      'timer',
      'signal',
      'canary',
      'heartbeat',
      'failed',
    ]
    for (const what of names)
      for (const lang of ['ko', 'en'] as const)
        expect(faultSentence({ what, late: 3 * MINUTE }, lang).length).toBeGreaterThan(40)
    expect(faultSentence({ what: 'timer', late: 3 * MINUTE }, 'ko')).toContain('3분째 밀려')
    expect(faultSentence({ what: 'another', late: HOUR }, 'en')).toBe('another is 1 h late.')
  })
})
