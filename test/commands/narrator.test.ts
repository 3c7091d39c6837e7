import { expect, test } from 'vitest'
import { narrate } from '../../services/commands/narrator.ts'
import type { News } from '../../services/store/news.ts'

const WHERE = {
  key: 'k',
  at: Date.parse('2026-11-02T13:24:00+09:00'),
  household: 'home-06',
  alias: '가상동 6호',
  dong: '가상동',
  timeZone: 'Asia/Seoul',
}

const ticked = (step: number, loop: number, times: number): News => ({
  ...WHERE,
  type: 'alert',
  alert: 1,
  seq: 2,
  kind: 'inactivity',
  grade: 'warning',
  event: { type: 'tick' },
  state: { state: 'notifying', loop, step, times, band: 'office', until: WHERE.at },
  who: null,
})

const delivered = (times: number): News => ({
  ...WHERE,
  type: 'delivery',
  alert: 1,
  step: 1,
  times,
  person: 'duty-1',
  who: '최당직',
  channel: 'email',
  state: 'accepted',
  error: null,
})

test('a step that nobody answered is told of as what it is: the next one, the same again, or the first once more', () => {
  const told = [ticked(1, 0, 0), ticked(1, 0, 1), ticked(0, 1, 0)]
  expect(told.map((news) => narrate(news, 'en'))).toEqual([
    'Nov 2, 13:24  가상동 6호  nobody answered: step 2 is told',
    'Nov 2, 13:24  가상동 6호  nobody answered: step 2 is told again',
    'Nov 2, 13:24  가상동 6호  nobody answered: step 1 is told again',
  ])
  expect(told.map((news) => narrate(news, 'ko'))).toEqual([
    '11월 2일 13:24  가상동 6호  아무도 답하지 않아 2단계에 알립니다',
    '11월 2일 13:24  가상동 6호  아무도 답하지 않아 2단계에 다시 알립니다',
    '11월 2일 13:24  가상동 6호  아무도 답하지 않아 1단계에 다시 알립니다',
  ])
})

test('a message that repeats the last step is not told of, for its first was', () => {
  expect([0, 1].map((times) => narrate(delivered(times), 'ko'))).toEqual([
    '11월 2일 13:24  가상동 6호  → 최당직에게 이메일로 알렸습니다',
    null,
  ])
})

test('who has gone out is looked at again by a moment at the latest, where it is known', () => {
  const gone: News = {
    ...WHERE,
    type: 'presence',
    presence: 'away',
    until: Date.parse('2026-11-03T08:40:00+09:00'),
  }
  expect(narrate(gone, 'en')).toBe(
    'Nov 2, 13:24  가상동 6호  has gone out, it seems; looked at again by Nov 3, 08:40 at the latest',
  )
  expect(narrate({ ...gone, until: null }, 'ko')).toBe(
    '11월 2일 13:24  가상동 6호  외출하신 것 같습니다',
  )
})
