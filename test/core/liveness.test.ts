import { describe, expect, test } from 'vitest'
import {
  GRACE,
  INSTALLING,
  type QuietGateway,
  type QuietSensor,
  hearGateway,
  hearSensor,
  lostSince,
} from '../../services/core/liveness.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'

const NOON = Date.parse('2026-03-02T12:00:00+09:00')

function gateway(rest: Partial<QuietGateway> = {}): QuietGateway {
  return {
    lastSeen: NOON,
    offline: null,
    silentAfter: 15 * MINUTE,
    installed: NOON - DAY,
    lostSince: null,
    confirmed: 0,
    ...rest,
  }
}

function sensor(rest: Partial<QuietSensor> = {}): QuietSensor {
  return {
    uid: 'pir-1',
    kind: 'motion',
    room: '거실',
    battery: 80,
    lastSeen: NOON,
    silentAfter: 26 * HOUR,
    installed: NOON - DAY,
    lostSince: null,
    confirmed: 0,
    dark: false,
    stuck: null,
    excused: 0,
    ...rest,
  }
}

describe('a gateway', () => {
  test('that is silent for its time is not heard, since its last word', () => {
    const due = NOON + 15 * MINUTE
    expect(hearGateway(gateway(), 0, due - 1)).toEqual({ heard: true, lookAt: due })
    expect(hearGateway(gateway(), 0, due)).toMatchObject({
      heard: false,
      since: NOON,
      due,
      reason: { rule: 'gateway-silent', lastSeen: NOON, limit: 15 * MINUTE },
    })
  })

  test('that said goodbye has a few minutes to come back', () => {
    const left = gateway({ offline: NOON + MINUTE })
    expect(hearGateway(left, 0, NOON + MINUTE + GRACE - 1).heard).toBe(true)
    const gone = hearGateway(left, 0, NOON + MINUTE + GRACE)
    expect(gone).toMatchObject({ heard: false, reason: { rule: 'gateway-offline' } })
  })

  test('that spoke after its goodbye is there', () => {
    const back = gateway({ offline: NOON - MINUTE })
    expect(hearGateway(back, 0, NOON + GRACE).heard).toBe(true)
  })

  test('that has never spoken is not heard from the first, and reported after a day', () => {
    const boxed = gateway({ lastSeen: null, installed: NOON })
    expect(hearGateway(boxed, 0, NOON)).toMatchObject({ heard: false, since: NOON, reason: null })
    const late = hearGateway(boxed, 0, NOON + INSTALLING)
    expect(late).toMatchObject({ heard: false, reason: { rule: 'gateway-silent' } })
  })

  test('whose case was closed stays unheard, and is told anew when its limit has passed once more', () => {
    const closed = gateway({ confirmed: NOON + HOUR })
    const due = NOON + HOUR + 15 * MINUTE
    const before = hearGateway(closed, 0, due - 1)
    expect(before).toMatchObject({ heard: false, since: NOON, reason: null })
    expect(hearGateway(closed, 0, due)).toMatchObject({ due, reason: { lastSeen: NOON } })
    const boxed = gateway({ lastSeen: null, confirmed: NOON + HOUR })
    expect(hearGateway(boxed, 0, NOON + HOUR + INSTALLING - 1)).toMatchObject({ reason: null })
  })

  test('is excused while we were not listening, unless it was lost before', () => {
    const until = NOON + 8 * HOUR
    expect(hearGateway(gateway(), until, until).heard).toBe(true)
    expect(hearGateway(gateway({ lostSince: NOON + HOUR }), until, until).heard).toBe(false)
  })
})

describe('a sensor', () => {
  test('that is silent for its time is not heard', () => {
    expect(hearSensor(sensor(), NOON + 26 * HOUR - 1).heard).toBe(true)
    expect(hearSensor(sensor(), NOON + 26 * HOUR)).toMatchObject({
      heard: false,
      reason: { rule: 'sensor-silent', uid: 'pir-1', battery: 80, lastSeen: NOON },
    })
  })

  test('whose case was closed is told anew when its limit has passed once more', () => {
    const closed = sensor({ confirmed: NOON + 30 * HOUR })
    const due = NOON + 56 * HOUR
    expect(hearSensor(closed, due - 1)).toMatchObject({ heard: false, reason: null })
    expect(hearSensor(closed, due)).toMatchObject({ due, reason: { lastSeen: NOON } })
  })

  test('has its full time again when its gateway was out of sight', () => {
    const excused = sensor({ excused: NOON + 20 * HOUR })
    expect(hearSensor(excused, NOON + 46 * HOUR - 1).heard).toBe(true)
    expect(hearSensor(excused, NOON + 46 * HOUR).heard).toBe(false)
  })

  test('is neither lost nor found while its home is dark', () => {
    const later = NOON + 3 * DAY
    expect(lostSince(null, hearSensor(sensor({ dark: true }), later), later)).toBeNull()
    const lost = sensor({ dark: true, lostSince: NOON + DAY })
    expect(lostSince(lost.lostSince, hearSensor(lost, later), later)).toBe(NOON + DAY)
  })

  test('that was lost is found only by its own word', () => {
    const lost = sensor({ lostSince: NOON + 27 * HOUR, excused: NOON + 30 * HOUR })
    expect(hearSensor(lost, NOON + 31 * HOUR).heard).toBe(false)
    expect(hearSensor({ ...lost, lastSeen: NOON + 31 * HOUR }, NOON + 31 * HOUR).heard).toBe(true)
  })
})
