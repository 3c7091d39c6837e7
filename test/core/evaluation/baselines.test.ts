import { describe, expect, test } from 'vitest'
import { fixedLimit, slotLine } from '../../../services/core/evaluation/baselines.ts'
import type { Detector, Silence } from '../../../services/core/evaluation/detector.ts'
import { inactivityScore } from '../../../services/core/evaluation/inactivity-score.ts'
import type { Life } from '../../../services/core/evaluation/life.ts'
import type { Whereabouts } from '../../../services/core/presence.ts'
import { HOUR } from '../../../services/core/time.ts'
import { MONDAY, lived } from './lived.ts'

/** After how many hours each setting speaks of a silence that begins on Tuesday at 08:00. */
function hoursOf(detector: Detector, life: Life, away?: Whereabouts): (setting: number) => number {
  const since = MONDAY + 32 * HOUR
  const where: Whereabouts = away ?? { presence: 'home', since: MONDAY, until: null }
  const none = {
    lastInner: since,
    lastExit: null,
    stirs: 0,
    lastOther: null,
    lastCompany: null,
    restless: [],
    scant: null,
  }
  const silence: Silence = { since, where, before: where, running: null, ...none }
  const watcher = detector.open(life)
  const out = new Float64Array(detector.settings.length)
  watcher.learn(MONDAY + 24 * HOUR)
  watcher.due(silence, out)
  return (setting) => ((out[detector.settings.indexOf(setting)] ?? NaN) - since) / HOUR
}

describe('a fixed limit', () => {
  test('speaks after so many hours', () => {
    const after = hoursOf(fixedLimit, lived([8]))
    expect([after(3), after(8), after(50)]).toEqual([3, 8, 50])
  })

  test('does not count the hours in which nobody could see the home, or in which the person was out', () => {
    // Dark from 09:00 to 10:00: 3 h of silence are over at 12:00.
    const dark = [{ since: MONDAY + 33 * HOUR, until: MONDAY + 34 * HOUR }]
    expect(hoursOf(fixedLimit, lived([8], { unseen: dark }))(3)).toBe(4)
    // Out from 08:00 to 20:00 at the latest: from then on 3 h.
    const out = { since: MONDAY + 32 * HOUR, until: MONDAY + 44 * HOUR, presence: 'away' as const }
    expect(hoursOf(fixedLimit, lived([8]), out)(3)).toBe(15)
    const forGood = [{ since: MONDAY + 33 * HOUR, until: null }]
    expect(hoursOf(fixedLimit, lived([8], { unseen: forGood }))(3)).toBe(Infinity)
  })
})

test('the slot line follows the longest silence of each half hour, and its buffer', () => {
  // On Monday silent from 08:00 to 11:00, of which the line knows ages up to 3 h until 11:00 and none after.
  const after = hoursOf(slotLine, lived([8, 11]))
  // Until 11:00 the age is that of Monday and no more; at 11:00 it passes a line of nothing.
  expect(after(0)).toBe(3)
  // With a buffer of 4 h the line at noon stands at 4 h.
  expect(after(4)).toBe(4)
})

test('the inactivity score adds up what is usual, against the largest score', () => {
  // On Monday one activation in the first quarter of 08:00, 09:00, 10:00 and 11:00; no silence held more than one.
  const after = hoursOf(inactivityScore, lived([8, 9, 10, 11, 12]))
  // Half an activation is reached after 7.5 min, but no detector speaks within the hour.
  expect(after(0.5)).toBe(1)
  // Two are reached at the end of the first quarter of 09:00, four at that of 11:00.
  expect(after(2)).toBe(1.25)
  expect(after(4)).toBe(3.25)
})
