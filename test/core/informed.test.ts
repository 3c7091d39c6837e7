import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertEvent } from '../../schemas/alert.ts'
import { advance, isClosed, open } from '../../services/core/escalation.ts'
import { type Case, ownerOf } from '../../services/core/rungs.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { anyEvent, anyStory, anyWay, course, ladder, live, NINE, someone } from './case.ts'

const STEPS = ladder([3 * MINUTE, 3 * MINUTE, 3 * MINUTE])
const REACH = [[someone('kim')], [someone('park')], [someone('oh')]]

const opened = open('warning', false, course(STEPS, REACH, NINE)).alert
const go = (alert: Case, event: AlertEvent, at: number) =>
  advance(alert, event, course(STEPS, REACH, at))
const held = go(opened, { type: 'acknowledge', by: 'kim' }, NINE + MINUTE).alert

const heard = (decision: ReturnType<typeof go>) =>
  decision.effects.filter((effect) => effect.type === 'inform')

describe('the others hear who has it', () => {
  const now = NINE + MINUTE
  const informed = (event: AlertEvent, before = opened) =>
    heard(go(before, event, now)).map(({ news, by, also }) => [
      news,
      by,
      ...also.map(({ person }) => person),
    ])
  const visit = { type: 'start-visit', by: 'park', companion: null, until: NINE + HOUR } as const

  test('once it is in somebody’s hands, or over; and whoever had it before too', () => {
    expect(informed({ type: 'acknowledge', by: 'kim' })).toEqual([['taken', 'kim']])
    expect(informed(visit)).toEqual([['taken', 'park']])
    expect(informed({ type: 'take-over', by: 'oh' }, held)).toEqual([['taken', 'oh', 'kim']])
    const outcome = { type: 'outcome', by: 'oh', outcome: 'safe', note: '' } as const
    expect(informed(outcome)).toEqual([['closed', 'oh']])
    expect(informed(outcome, held)).toEqual([['closed', 'oh', 'kim']])
    expect(informed({ type: 'cancel', by: 'oh', reason: '시험' }, held)).toEqual([
      ['closed', 'oh', 'kim'],
    ])
  })

  test('but not when it stays with whoever has it', () => {
    for (const type of ['acknowledge', 'take-over'] as const)
      expect(informed({ type, by: 'kim' }, held)).toEqual([])
    expect(informed({ type: 'acknowledge', by: 'park' }, held)).toEqual([])
    expect(informed({ ...visit, by: 'kim' }, held)).toEqual([])
    const moved = go(held, { type: 'activity', at: NINE }, now).alert
    expect(informed({ type: 'acknowledge', by: 'kim' }, moved)).toEqual([])
  })

  test('exactly when it comes into other hands, or ends by the word of one of the staff', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), (way, story) => {
        for (const { before, decision } of live(way, story)) {
          const [was, is] = [before.state, decision.alert.state]
          const hands = ownerOf(is) !== null && ownerOf(is) !== ownerOf(was)
          const ended = isClosed(is) && !isClosed(was)
          const told = (hands || ended) && ownerOf(is) !== 'resident'
          expect(heard(decision)).toHaveLength(Number(told))
        }
      }),
    )
  })
})
