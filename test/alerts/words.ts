import type { Message } from '../../schemas/message.ts'

/** A message as it is planned for a made-up home. */
export const MESSAGE: Message = {
  alert: 7,
  kind: 'inactivity',
  grade: 'danger',
  at: Date.parse('2026-03-02T09:00:00+09:00'),
  subject: '[안부] 위험 Danger: 가상동 3호 (가상동)',
  text: '[위험] 가상동 3호 (가상동)\n26시간 동안 움직임이 없습니다.',
  link: 'https://anbu.example/alerts/7',
  what: '위험',
  where: '가상동 3호 (가상동)',
  why: '26시간 동안 움직임이 없습니다.',
  todo: '전화로 안부를 확인해 주세요.',
  sms: '[안부] 위험 가상동 3호(가상동) 26시간 무활동. 안부 앱에서 확인해 주세요. #7',
  last: false,
  news: null,
  exercise: false,
}
