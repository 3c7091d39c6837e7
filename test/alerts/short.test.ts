import { describe, expect, test } from 'vitest'
import type { Reason } from '../../schemas/signal.ts'
import { messageWriter } from '../../services/alerts/message.ts'
import { bytesOf } from '../../services/alerts/sms-text.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import type { StoredAlert } from '../../services/store/alerts.ts'
import type { AlertHome } from '../../services/store/roster.ts'

const NOW = Date.parse('2026-11-26T09:00:00+09:00')
const silence = (silentFor: number) => ({
  since: NOW - silentFor,
  silentFor,
  expected: 0.2,
  longest: 9 * HOUR,
  lastRoom: '현관',
  presence: 'home' as const,
})
// The last sign was a minute ago: it is the sensor that is doubted, not the quiet.
const doubted = {
  rule: 'alone' as const,
  ...silence(MINUTE),
  othersSince: NOW - 23 * HOUR,
  limit: 23 * HOUR,
}

describe('a text message says in one line what is the matter', () => {
  const home = { alias: '행운동 3호', dong: '행운동', timeZone: 'Asia/Seoul' }
  test.for<[Reason, string]>([
    [{ rule: 'ceiling', ...silence(26 * HOUR), ceiling: 24 * HOUR }, '26시간 무활동'],
    [{ rule: 'away', ...silence(18 * HOUR), limit: 15 * HOUR }, '외출 뒤 18시간'],
    [doubted, '23시간 한 센서만 반응'],
    [{ ...doubted, few: true }, '23시간 다닌 흔적 없음'],
    [{ ...doubted, scant: { few: 5, usual: 21 } }, '23시간 뜸한 움직임'],
    [{ ...doubted, restless: 30 * MINUTE }, '23시간 쉬지 않는 센서'],
    [{ rule: 'duress', person: 'kim', visit: 1, called: NOW }, '전화 말고 112 신고'],
  ])('of %o: %s', ([reason, says]) => {
    const alert = { id: 7, kind: 'inactivity', grade: 'caution', state: { state: 'listed' } }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the words are made of, and no more
    const told = { alert: alert as StoredAlert, home: home as AlertHome, reason, now: NOW }
    const { sms } = messageWriter(null)({ ...told, purpose: 'page' })
    expect(sms).toBe(`[안부] 주의 행운동 3호(행운동) ${says}. 안부 앱에서 확인해 주세요. #7`)
    expect(bytesOf(sms)).toBeLessThanOrEqual(90)
  })
})
