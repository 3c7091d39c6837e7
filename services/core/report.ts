import { UnwatchedCause } from '../../schemas/household.ts'
import type { EmptyDesk, Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { bandWord, placeWords } from './place-words.ts'

type Lang = 'ko' | 'en'

/** Reasons of the office itself: its daily look, and an exercise. */
export type OfficeReason = Extract<Reason, { rule: 'daily-look' | 'exercise' }>

/** Whether a reason is the office's own. */
export function isOfficeReason(reason: Reason): reason is OfficeReason {
  return reason.rule === 'daily-look' || reason.rule === 'exercise'
}

/** Says in whole sentences what the office's own matter is. */
export function officeSentence(
  reason: OfficeReason,
  lang: Lang,
  at: (instant: Millis) => string,
): string {
  if (reason.rule === 'exercise') return TEXT[lang].exercise
  const causes = UnwatchedCause.options.flatMap((cause) => {
    const homes = reason.unwatched[cause] ?? 0
    return homes > 0 ? [`${unwatchedWord(cause, lang)} ${homes}`] : []
  })
  return [
    causes.length > 0 ? TEXT[lang].unwatched(causes.join(', ')) : '',
    reason.from === null ? '' : TEXT[lang].uncovered(reason.uncovered, at(reason.from)),
    emptyWords(reason.empty ?? [], lang),
  ]
    .filter((each) => each !== '')
    .join(' ')
}

function emptyWords(empty: readonly EmptyDesk[], lang: Lang): string {
  const words = empty.map(
    ({ band, targets }) => `${bandWord(band, lang)} ${placeWords(targets, lang)}`,
  )
  return words.length > 0 ? TEXT[lang].empty(words.join(', ')) : ''
}

/** The word for why a home is not watched. */
export function unwatchedWord(cause: UnwatchedCause, lang: Lang): string {
  return CAUSES[lang][cause]
}

const CAUSES: Readonly<Record<Lang, Readonly<Record<UnwatchedCause, string>>>> = {
  ko: {
    hospital: '입원',
    trip: '여행',
    consent: '동의 철회',
    muted: '일시 중지',
    gateway: '게이트웨이 끊김',
    sensor: '소식 있는 센서 없음',
    planner: '담당자 없음',
    uncovered: '연락받을 사람 없음',
  },
  en: {
    hospital: 'in hospital',
    trip: 'on a trip',
    consent: 'consent withdrawn',
    muted: 'muted',
    gateway: 'gateway not heard',
    sensor: 'no sensor heard',
    planner: 'no planner',
    uncovered: 'an alert would reach nobody',
  },
}

const KO = {
  exercise: '훈련입니다. 실제 상황이 아닙니다. 이 알림을 받으셨으면 확인을 눌러 주세요.',
  unwatched: (causes: string) =>
    `지금 지켜보지 못하는 가구가 있습니다: ${causes}. 까닭과 끝나는 때를 확인해 주세요.`,
  empty: (places: string) =>
    `연락할 사람이 없어 알림 단계를 건너뛰게 되는 자리가 있습니다: ${places}. 30일 동안은 다시 알리지 않습니다.`,
  uncovered: (homes: number, from: string) =>
    `${from}부터 ${homes}가구의 알림을 받을 사람이 없는 시간이 있습니다. 근무표를 고쳐 주세요.`,
}

const EN: typeof KO = {
  exercise: 'This is an exercise, not a real case. If you have received it, please acknowledge it.',
  unwatched: (causes) =>
    `There are homes that are not watched now: ${causes}. Please check why, and when it ends.`,
  empty: (places) =>
    `Steps will be passed over for want of anybody: ${places}. This is not said again for 30 days.`,
  uncovered: (homes, from) =>
    `From ${from} on there are hours at which an alert of ${homes === 1 ? 'one home' : `${homes} homes`} would reach nobody. Please mend the roster.`,
}

const TEXT: Readonly<Record<Lang, typeof KO>> = { ko: KO, en: EN }
