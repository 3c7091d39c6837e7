import { describe, expect, test } from 'vitest'
import { KINDS } from '../../schemas/reading.ts'
import { GRADES, Presence, type Reason, SignalKind } from '../../schemas/signal.ts'
import {
  duration,
  gradeWord,
  kindWord,
  localTime,
  presenceWord,
  sentence,
} from '../../services/core/sentence.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { EIGHT, QUIET } from './quiet-reason.ts'

const SEOUL = 'Asia/Seoul'
const SURPRISE: Reason = { rule: 'surprise', ...QUIET, surprise: 15, threshold: 14, budget: 0.3 }

/** So many minutes before it. */
const at = (minutes: number) => EIGHT - minutes * MINUTE

/** What is on at a meter since an hour before the silence. */
const on = (room: string, role: 'plug' | 'mains'): Reason => ({
  ...SURPRISE,
  running: { since: EIGHT - HOUR, room, role },
})

/** What was on at a meter from then until three hours after. */
const wentOff = (role: 'plug' | 'mains'): Reason => ({
  ...SURPRISE,
  running: { since: EIGHT - HOUR, until: EIGHT + 3 * HOUR, room: '거실', role },
})

describe('a welfare planner reads', () => {
  test('why a silence is unusual for this person', () => {
    expect(sentence(SURPRISE, 'ko', SEOUL)).toBe(
      '보통 이 시간에는 11번쯤 움직이시는데 5시간 40분째 조용합니다. 최근 60일 가장 길었던 때는 3시간 20분. 마지막 움직임은 08:12, 거실.',
    )
    expect(sentence(SURPRISE, 'en', SEOUL)).toBe(
      'There is usually movement about 11 times in such a stretch, but it has been quiet for 5 h 40 min. The longest in the last 60 days was 3 h 20 min. Last movement: 08:12, 거실.',
    )
  })

  test('which sensors spoke before the last one', () => {
    const spoke = [
      { room: '거실', kind: 'motion', at: EIGHT },
      { room: '현관', kind: 'open', at: at(7) },
      { room: '침실', kind: 'motion', at: at(31) },
    ] as const
    // Who is out by the entrance passed it at 08:12: one that fired later is not theirs.
    const later = { room: '주방', kind: 'motion', at: EIGHT + HOUR } as const
    const reason: Reason = { ...SURPRISE, spoke: [later, ...spoke] }
    expect(sentence(reason, 'ko', SEOUL)).toContain(
      '마지막 움직임은 08:12, 거실. 그 앞은 현관 문열림 센서 08:05, 침실 움직임 센서 07:41.',
    )
    expect(sentence(reason, 'en', SEOUL)).toContain(
      'Last movement: 08:12, 거실. Before that: 현관 door sensor 08:05, 침실 motion sensor 07:41.',
    )
  })

  test('what has been on since', () => {
    expect(sentence(on('거실', 'plug'), 'ko', SEOUL)).toContain(
      '마지막 움직임은 08:12, 거실. 거실의 플러그에 꽂힌 것이 6시간 40분째 켜져 있습니다.',
    )
    expect(sentence(on('거실', 'plug'), 'en', SEOUL)).toContain(
      'What is plugged in at 거실 has been on for 6 h 40 min.',
    )
    expect(sentence(on('현관', 'mains'), 'ko', SEOUL)).toContain(
      '집 안 어딘가에 6시간 40분째 켜져 있는 것이 있습니다.',
    )
    expect(sentence(on('현관', 'mains'), 'en', SEOUL)).toContain(
      'Something in the home has been on for 6 h 40 min.',
    )
  })

  test('what went off by itself', () => {
    expect(sentence(wentOff('plug'), 'ko', SEOUL)).toContain(
      '거실의 플러그에 꽂힌 것이 11:12까지 4시간 동안 켜져 있었습니다.',
    )
    expect(sentence(wentOff('plug'), 'en', SEOUL)).toContain(
      'What is plugged in at 거실 was on for 4 h, until 11:12.',
    )
    expect(sentence(wentOff('mains'), 'ko', SEOUL)).toContain(
      '집 안 어딘가에 11:12까지 4시간 동안 켜져 있던 것이 있습니다.',
    )
    expect(sentence(wentOff('mains'), 'en', SEOUL)).toContain(
      'Something in the home was on for 4 h, until 11:12.',
    )
  })

  test('that an absence is over and nobody has come back', () => {
    const over: Reason = {
      rule: 'absence',
      cause: 'hospital',
      from: EIGHT,
      until: EIGHT + 48 * HOUR,
      since: EIGHT,
      silentFor: 48 * HOUR,
      lastRoom: '거실',
    }
    expect(sentence(over, 'ko', SEOUL)).toBe(
      '입원: 3월 4일 08:12까지로 되어 있었는데 아직 돌아오신 기척이 없습니다. 48시간째 조용하고, 마지막 움직임은 3월 2일 08:12, 거실.',
    )
    expect(sentence(over, 'en', SEOUL)).toContain('Absent until 4 March at 08:12 (hospital)')
  })

  test('that nights are longer, when they are', () => {
    const night: Reason = { ...SURPRISE, longest: 9 * HOUR }
    expect(sentence(night, 'ko', SEOUL)).toContain(
      '밤까지 치면 최근 60일에 9시간까지 조용한 적이 있습니다.',
    )
    expect(sentence(night, 'en', SEOUL)).toContain(
      'Nights included, the last 60 days had silences of up to 9 h.',
    )
  })

  test('nothing of habits that nobody knows yet', () => {
    const first: Reason = { ...SURPRISE, expected: 0.3, longest: null, lastRoom: null }
    expect(sentence(first, 'ko', SEOUL)).toBe('5시간 40분째 조용합니다. 마지막 움직임은 08:12.')
    expect(sentence(first, 'en', SEOUL)).toBe(
      'It has been quiet for 5 h 40 min. Last movement: 08:12.',
    )
  })

  test('that the hours of the tier are over, though the line is down', () => {
    const ceiling: Reason = {
      rule: 'ceiling',
      ...QUIET,
      silentFor: 24 * HOUR,
      presence: 'blind',
      ceiling: 24 * HOUR,
    }
    expect(sentence(ceiling, 'ko', SEOUL)).toBe(
      '24시간째 아무 움직임이 없습니다. 24시간이 지나면 언제나 확인합니다. 최근 60일 가장 길었던 때는 3시간 20분. 마지막 움직임은 3월 2일 08:12, 거실. 신호가 끊겨 지금은 집 안을 알 수 없습니다.',
    )
    expect(sentence(ceiling, 'en', SEOUL)).toContain('After 24 h we always ask.')
  })

  test('that somebody is out for too long', () => {
    const away: Reason = {
      rule: 'away',
      ...QUIET,
      presence: 'away',
      silentFor: 12 * HOUR,
      limit: 12 * HOUR,
    }
    expect(sentence(away, 'ko', SEOUL)).toContain('외출하신 뒤 12시간째 돌아오신 기척이 없습니다.')
    expect(sentence(away, 'en', SEOUL)).toContain('Out for 12 h without a sign of coming back.')
  })

  test('what is broken, and since when', () => {
    const silent: Reason = { rule: 'gateway-silent', lastSeen: EIGHT, limit: 15 * MINUTE }
    expect(sentence(silent, 'ko', SEOUL)).toContain(
      '게이트웨이가 15분 넘게 신호를 보내지 않습니다. 마지막 신호는 3월 2일 08:12.',
    )
    const offline: Reason = { rule: 'gateway-offline', lastSeen: EIGHT }
    expect(sentence(offline, 'en', SEOUL)).toContain(
      'The gateway has lost its connection. Last heard: 2 March',
    )
    const unwatched: Reason = { rule: 'unwatched', lastSeen: EIGHT }
    expect(sentence(unwatched, 'ko', SEOUL)).toContain(
      '3월 2일 08:12부터 신호를 보내는 센서가 하나도 없습니다.',
    )
    const sensor: Reason = {
      rule: 'sensor-silent',
      uid: 'pir-1',
      kind: 'motion',
      room: '침실',
      lastSeen: EIGHT,
      limit: 26 * HOUR,
      battery: 3.4,
    }
    expect(sentence(sensor, 'ko', SEOUL)).toContain(
      '침실 움직임 센서에서 26시간 넘게 신호가 없습니다.',
    )
    expect(sentence(sensor, 'ko', SEOUL)).toContain('배터리 3%.')
    const step: Reason = { rule: 'empty-step', plan: 'standard', step: 1 }
    expect(sentence(step, 'ko', SEOUL)).toBe(
      '알림 계획 standard의 2단계에 연락받을 사람이 없습니다.',
    )
    const dead: Reason = { rule: 'dead-channel', channel: 'sms', person: null, detail: '401' }
    expect(sentence(dead, 'ko', SEOUL)).toBe('아무에게도 문자 알림이 가지 않습니다: 401.')
    expect(sentence({ ...dead, person: 'kim' }, 'en', SEOUL)).toBe(
      'Nothing reaches kim by text message: 401.',
    )
  })
})

describe('words', () => {
  test('exist for every grade, kind and presence in both languages', () => {
    expect(GRADES.map((grade) => gradeWord(grade, 'ko'))).toEqual(['관심', '주의', '경보', '위험'])
    for (const lang of ['ko', 'en'] as const) {
      for (const kind of SignalKind.options) expect(kindWord(kind, lang)).not.toBe('')
      for (const where of Presence.options) expect(presenceWord(where, lang)).not.toBe('')
    }
    expect(KINDS).toContain('motion')
  })

  test('tell a length of time in the units people use', () => {
    expect(duration(0, 'ko')).toBe('0분')
    expect(duration(HOUR, 'ko')).toBe('1시간')
    expect(duration(50 * HOUR, 'ko')).toBe('50시간')
    expect(duration(75 * HOUR, 'ko')).toBe('3일 3시간')
    expect(duration(90 * MINUTE, 'en')).toBe('1 h 30 min')
  })

  test('tell a time on the home’s clock, with the date on another day', () => {
    expect(localTime(EIGHT, EIGHT + HOUR, 'ko', SEOUL)).toBe('08:12')
    expect(localTime(EIGHT, EIGHT + 24 * HOUR, 'ko', SEOUL)).toBe('3월 2일 08:12')
    expect(localTime(EIGHT, EIGHT, 'ko', 'America/New_York')).toBe('18:12')
  })
})

test('of one sensor alone is said where, for how long, and what it may be', () => {
  const reason = {
    rule: 'alone',
    since: 0,
    silentFor: 0,
    expected: 0,
    longest: null,
    lastRoom: '거실',
    presence: 'home',
    othersSince: 0,
    limit: 12 * 3_600_000,
  } as const
  expect(sentence(reason, 'ko', 'Asia/Seoul')).toContain('12시간째 거실의 센서만 반응')
  expect(sentence(reason, 'en', 'Asia/Seoul')).toContain('For 12 h only the sensor in 거실')
  const few = { ...reason, few: true } as const
  expect(sentence(few, 'ko', 'Asia/Seoul')).toContain('12시간째 센서가 이따금 한 번씩 반응')
  expect(sentence(few, 'en', 'Asia/Seoul')).toContain('single signs only, now and then')
  const restless = { ...reason, restless: 7_200_000 } as const
  expect(sentence(restless, 'ko', 'Asia/Seoul')).toContain('거실의 센서가 2시간도 쉬지 않고 반응')
  expect(sentence(restless, 'en', 'Asia/Seoul')).toContain('has not rested for 2 h')
})
