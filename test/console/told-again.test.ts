import { expect, test } from 'vitest'
import type { CaseDelivery, CaseEvent } from '../../services/store/cases.ts'
import { NO_CONTACTS } from '../../schemas/household.ts'
import { ladder } from '../../services/console/ladder.ts'
import { timeline } from '../../services/console/timeline.ts'
import { viewFor } from '../../services/console/view.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { MINUTE } from '../../services/core/time.ts'

const NINE = Date.parse('2026-03-02T09:00:00+09:00')
const zone = 'Asia/Seoul'
const oh = { person: 'oh', name: '오가상', role: 'supervisor', office: 'gwanak' } as const
const clock = {
  now: () => NINE + 500 * MINUTE,
  speed: 1,
  after: () => Promise.reject(new Error('nobody waits here')),
}
const view = viewFor('ko', { ...NO_CONTACTS, ...oh }, { clock, timeZone: zone })

// The last step, told again every five minutes.
function tick(times: number): CaseEvent {
  const at = NINE + times * 5 * MINUTE
  const state = { state: 'exhausted', times, until: at + 5 * MINUTE } as const
  return { seq: times, at, event: { type: 'tick' }, state }
}

function mail({ at, seq }: CaseEvent): CaseDelivery {
  const way = { person: 'oh', channel: 'email', state: 'accepted', error: null } as const
  const times = { planned: at, done: at + 1000 }
  return { ...way, id: seq, loop: 1, step: 2, times: seq, ...times, isNews: false }
}

async function lines(events: readonly CaseEvent[]): Promise<string[]> {
  const deliveries = events.filter(({ event }) => event.type === 'tick').map(mail)
  const html = await timeline(view, { events, deliveries }, new Map([['oh', '오가상']]), zone)
  return html.split('<li').slice(1)
}

test('of a case that nobody answers the record stays short: what is told over and over is one line', async () => {
  const ticks = Array.from({ length: 82 }, (_, index) => tick(index + 1))
  const told = await lines(ticks)
  expect(told).toHaveLength(2)
  expect(told[1]).toContain('82번째로 다시 알림')
  for (const line of told) expect(line).toMatch(/처음 .*09:05, 모두 82번/)
  // What a person did stands between what was before and after.
  const note = { type: 'note', by: 'oh', text: '통화함' } as const
  const [before, after] = [ticks.slice(0, 40), ticks.slice(40)]
  const at = NINE + 202 * MINUTE
  const { state } = tick(40)
  expect(await lines([...before, { seq: 100, at, event: note, state }, ...after])).toHaveLength(5)
})

test('news that nothing is left to do is on the record, and is no telling of a step', async () => {
  const news: CaseDelivery = { ...mail(tick(1)), loop: 0, step: 0, isNews: true }
  const names = new Map([['oh', '오가상']])
  const record = String(await timeline(view, { events: [], deliveries: [news] }, names, zone))
  expect(record).toContain('더 할 일이 없음을 알림')
  const { state } = tick(1)
  const alert = {
    kind: 'inactivity',
    grade: 'danger',
    plan: STANDARD_PLAN,
    state,
    timeZone: zone,
  } as const
  const shown = String(await ladder(view, { alert, events: [], deliveries: [news], names }))
  expect(shown).not.toContain('class="chip')
  const page = { ...news, isNews: false }
  expect(String(await ladder(view, { alert, events: [], deliveries: [page], names }))).toContain(
    'class="chip',
  )
})
