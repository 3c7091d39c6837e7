import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'

/** The reasons in which somebody or something calls at once: a button, a door, one of the staff on a visit. */
export type Call = Extract<
  Reason,
  { rule: 'sos' | 'help' | 'door-open' | 'visit-overdue' | 'duress' }
>

/** Whether a reason is one of those. */
export function isCall(reason: Reason): reason is Call {
  return reason.rule in WORDS.ko
}

/** Says why, for somebody who goes and looks; `at` puts an instant into words, `length` a length of time. */
export function callSentence(
  reason: Call,
  lang: 'ko' | 'en',
  { at, length }: { at: (instant: Millis) => string; length: (span: Millis) => string },
): string {
  switch (reason.rule) {
    case 'sos':
      return WORDS[lang].sos(at(reason.pressed), reason.room)
    case 'help':
      return WORDS[lang].help(at(reason.called))
    case 'door-open':
      return WORDS[lang]['door-open'](reason.room, at(reason.since), length(reason.limit))
    case 'visit-overdue':
      return WORDS[lang]['visit-overdue'](at(reason.due))
    case 'duress':
      return WORDS[lang].duress(at(reason.called))
  }
}

const KO = {
  sos: (time: string, room: string) => `${time}에 ${room}의 비상 버튼이 눌렸습니다.`,
  help: (time: string) => `안부 전화에 ${time} 본인이 도움을 청했습니다.`,
  'door-open': (room: string, since: string, limit: string) =>
    `${room} 문이 ${since}부터 열려 있습니다. 이 시간대에 열어 두는 한도는 ${limit}입니다.`,
  'visit-overdue': (due: string) =>
    `방문 중인 직원이 ${due}까지 안전 확인을 하지 않았습니다. 바로 연락해 주세요.`,
  duress: (time: string) =>
    `방문 중인 직원이 ${time}에 조용히 도움을 청했습니다. 전화하지 말고 112에 신고해 주세요.`,
}

const EN: typeof KO = {
  sos: (time, room) => `The emergency button in ${room} was pressed on ${time}.`,
  help: (time) => `The resident answered our call at ${time} and asked for help.`,
  'door-open': (room, since, limit) =>
    `The door in ${room} has stood open since ${since}. At this hour it may for ${limit}.`,
  'visit-overdue': (due) =>
    `The colleague on a visit did not report by ${due}. Please get in touch now.`,
  duress: (time) =>
    `The colleague on a visit silently called for help at ${time}. Do not ring them: call 112.`,
}

const WORDS = { ko: KO, en: EN } as const
