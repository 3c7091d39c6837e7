import type { Message } from '../../schemas/message.ts'
import type { Reason, SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { duration, gradeWord, kindWord, type Lang, sentence } from '../core/sentence.ts'
import { isOfficeReason } from '../core/report.ts'
import type { News, Purpose } from '../core/rungs.ts'
import type { Write } from '../store/alerts.ts'

const TO_DO: Readonly<Record<SignalKind, Readonly<Record<Lang, string>>>> = {
  inactivity: {
    ko: '전화로 안부를 확인해 주세요. 받지 않으면 찾아가 주세요. 위급하면 119에 신고해 주세요.',
    en: 'Please call. If nobody answers, please visit. In an emergency call 119.',
  },
  sos: {
    ko: '바로 전화해 주세요. 받지 않으면 찾아가 주세요. 위급하면 119에 신고해 주세요.',
    en: 'Please call now. If nobody answers, please visit. In an emergency call 119.',
  },
  door: {
    ko: '전화로 안부를 확인하고 문을 닫아 주세요.',
    en: 'Please call, and see that the door is closed.',
  },
  change: {
    ko: '다음 방문이나 통화 때 생활이 달라진 까닭을 여쭈어 주세요.',
    en: 'Please ask what has changed at the next visit or call.',
  },
  staff: {
    ko: '방문한 동료가 안전한지 지금 확인해 주세요.',
    en: 'Please make sure now that the colleague on the visit is safe.',
  },
  blind: {
    ko: '고쳐질 때까지 이 집의 안부를 알 수 없습니다. 게이트웨이의 전원과 인터넷을 확인해 주세요.',
    en: 'Until it is mended nobody can tell how this home is. Please check the gateway, its power and its line.',
  },
  sensor: {
    ko: '센서의 건전지와 위치를 확인해 주세요.',
    en: 'Please check the battery and the place of the sensor.',
  },
  configuration: {
    ko: '연락을 받을 사람이 없는 단계가 있습니다. 담당자와 연락처를 확인해 주세요.',
    en: 'A step of the plan reaches nobody. Please check who is assigned and how to reach them.',
  },
}

const WHY_YOU: Readonly<Record<Purpose, Readonly<Record<Lang, string>>>> = {
  page: { ko: '', en: '' },
  lost: {
    ko: '맡은 사람의 소식이 끊겨 다시 알립니다.',
    en: 'Whoever had it has not been heard of, so it is told again.',
  },
  raised: { ko: '더 위중해졌습니다.', en: 'It has become graver.' },
  called: {
    ko: '본인이 도움을 청했습니다.',
    en: 'The resident has called for help.',
  },
  help: { ko: '맡은 사람이 도움을 청합니다.', en: 'Whoever has it asks for help.' },
  assigned: { ko: '책임자가 이 알림을 맡겼습니다.', en: 'The supervisor gave this to you.' },
  offered: {
    ko: '동료가 이 알림을 넘기려 합니다. 받을지 답해 주세요.',
    en: 'A colleague hands this over to you. Please say whether you take it.',
  },
  returned: {
    ko: '넘기려던 동료가 받을 수 없습니다. 아직 맡고 계십니다.',
    en: 'Your colleague cannot take this over: it is still yours.',
  },
  late: {
    ko: '근무가 끝났는데 넘겨받은 사람이 없습니다. 누가 맡을지 정해 주세요.',
    en: 'The shift is over and nobody has taken it. Please decide who does.',
  },
  overdue: {
    ko: '등록한 부재가 끝났는데 그대로여서 다시 알립니다.',
    en: 'The absence is over and nothing has changed, so it is told again.',
  },
}

/**
 * Puts an alert into words, Korean first, then English: how grave, which home by alias and dong, why, and what
 * to do. Never a name or an address. `publicUrl` is where staff reach the console, or null.
 */
export function messageWriter(publicUrl: string | null): Write {
  return (told) => {
    const { alert, home, reason, purpose, now } = told
    if (isNews(purpose)) return newsMessage(publicUrl, told, purpose)
    const { id, kind, grade } = alert
    const what = (lang: Lang) =>
      kind === 'inactivity' ? gradeWord(grade, lang) : kindWord(kind, lang)
    const why = (lang: Lang) => sentence(reason, lang, home.timeZone)
    const where = `${home.alias} (${home.dong})`
    // What an office is told of itself says what to do.
    const toDo = (lang: Lang) => (isOfficeReason(reason) ? '' : TO_DO[kind][lang])
    const inLanguage = (lang: Lang) =>
      [`[${what(lang)}] ${where}`, WHY_YOU[purpose][lang], why(lang), toDo(lang)]
        .filter((line) => line !== '')
        .join('\n')
    const message: Message = {
      alert: id,
      kind,
      grade,
      at: now,
      subject: `[안부] ${what('ko')} ${what('en')}: ${where}`,
      text: `${inLanguage('ko')}\n\n${inLanguage('en')}\n\n알림 번호 / alert ${id}`,
      link: publicUrl === null ? null : linkTo(publicUrl, id),
      what: what('ko'),
      where,
      why: why('ko'),
      todo: toDo('ko'),
      sms: shortly({ id, what: what('ko'), home, reason }),
      last: alert.state.state === 'exhausted',
      news: null,
      exercise: false,
    }
    return reason.rule === 'exercise' ? asExercise(message) : message
  }
}

function isNews(purpose: Purpose | News): purpose is News {
  return purpose in NEWS
}

const NEWS: Readonly<
  Record<News, { what: string; en: string; why: Readonly<Record<Lang, (by: string) => string>> }>
> = {
  taken: {
    what: '담당자 정해짐',
    en: 'taken',
    why: {
      ko: (by) => `${by} 님이 맡았습니다. 가지 않으셔도 됩니다.`,
      en: (by) => `${by} has it. You need not go.`,
    },
  },
  closed: {
    what: '종결',
    en: 'closed',
    why: {
      ko: (by) => `${by} 님이 확인하고 끝냈습니다. 가지 않으셔도 됩니다.`,
      en: (by) => `${by} has seen to it and closed it. You need not go.`,
    },
  },
  away: {
    what: '부재',
    en: 'absent',
    why: {
      ko: (by) =>
        `${by} 님이 부재를 등록했습니다. 가지 않으셔도 됩니다. 부재가 끝나도 그대로면 다시 알립니다.`,
      en: (by) =>
        `${by} knows of an absence. You need not go. If nothing has changed when it ends, you are told again.`,
    },
  },
}

/** Tells whoever was told before that nothing is asked of them any more: short, and of the lowest grade. */
function newsMessage(publicUrl: string | null, told: Parameters<Write>[0], news: News): Message {
  const { alert, home, reason, by = '', now } = told
  const { what, en, why } = NEWS[news]
  const where = `${home.alias} (${home.dong})`
  const message: Message = {
    alert: alert.id,
    kind: alert.kind,
    grade: 'watch',
    at: now,
    subject: `[안부] ${what} ${en}: ${where}`,
    text: `[${what}] ${where}\n${why.ko(by)}\n\n${why.en(by)}\n\n알림 번호 / alert ${alert.id}`,
    link: publicUrl === null ? null : linkTo(publicUrl, alert.id),
    what,
    where,
    why: why.ko(by),
    todo: '',
    sms: `[안부] ${home.alias}(${home.dong}): ${why.ko(by)} #${alert.id}`,
    last: false,
    news,
    exercise: false,
  }
  return reason.rule === 'exercise' ? asExercise(message) : message
}

// No link: public bodies tell people that a text message from them never holds one. It says where to look instead.
function shortly(told: {
  readonly id: number
  readonly what: string
  readonly home: { readonly alias: string; readonly dong: string }
  readonly reason: Reason
}): string {
  const { id, what, home, reason } = told
  const why = briefly(reason)
  const about = `${what} ${home.alias}(${home.dong})${why === '' ? '' : ` ${why}`}`
  return `[안부] ${about}. 안부 앱에서 확인해 주세요. #${id}`
}

function briefly(reason: Reason): string {
  if (reason.rule === 'duress') return '전화 말고 112 신고'
  if (reason.rule === 'alone') return `${duration(reason.limit, 'ko')} ${doubtOf(reason)}`
  if (reason.rule === 'away') return `외출 뒤 ${duration(reason.silentFor, 'ko')}`
  return 'silentFor' in reason ? `${duration(reason.silentFor, 'ko')} 무활동` : ''
}

// Something has just stirred: what is doubted is the sensor, and not how long nothing has.
function doubtOf({ few, scant, restless }: Extract<Reason, { rule: 'alone' }>): string {
  if (few) return '다닌 흔적 없음'
  if (scant) return '뜸한 움직임'
  return restless === undefined ? '한 센서만 반응' : '쉬지 않는 센서'
}

/** The same message as a drill or a test: marked so wherever it is shown, and asking for nothing but an answer. */
function asExercise(message: Message): Message {
  return {
    ...message,
    subject: marked(message.subject),
    text: `${EXERCISE}\n\n${message.text}`,
    sms: marked(message.sms),
    what: marked(message.what),
    todo: EXERCISE,
    exercise: true,
  }
}

function marked(text: string): string {
  return `[훈련] ${text}`
}

const EXERCISE = '[훈련 Exercise] 실제 상황이 아닙니다. This is not a real alarm.'

/** The message of a test of a channel: about no home. */
export function testMessage(publicUrl: string | null, now: Millis): Message {
  return asExercise({
    alert: 0,
    kind: 'configuration',
    grade: 'watch',
    at: now,
    subject: '[안부] 채널 시험 channel test',
    text: '이 알림이 보이면 채널이 맞게 설정된 것입니다.\nIf you can read this, the channel is set up right.',
    link: publicUrl,
    what: '채널 시험',
    where: '안부',
    why: '채널이 맞게 설정되었는지 시험합니다.',
    todo: '',
    sms: '[안부] 채널 시험입니다.',
    last: false,
    news: null,
    exercise: true,
  })
}

function linkTo(publicUrl: string, alert: number): string {
  return new URL(`alerts/${alert}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href
}
