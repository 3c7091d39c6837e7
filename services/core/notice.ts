import type { AbsenceCause } from '../../schemas/household.ts'
import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { HOUR, MINUTE, QUARTER } from './time.ts'

type Lang = 'ko' | 'en'

/** Reasons that rest on what was planned, or on weeks: no silence alone. */
export type Notice = Extract<Reason, { rule: 'absence' | 'absence-moved' | 'change' }>

/** How instants and lengths of time are worded where the reader is. */
export type Wording = {
  readonly at: (instant: Millis) => string
  readonly length: (length: Millis) => string
}

/** Whether a reason is a notice. */
export function isNotice(reason: Reason): reason is Notice {
  return NOTICES.has(reason.rule)
}

const NOTICES: ReadonlySet<string> = new Set<Notice['rule']>(['absence', 'absence-moved', 'change'])

function causeWord(cause: AbsenceCause, lang: Lang): string {
  return CAUSES[lang][cause]
}

/** Says a notice in whole sentences. */
export function noticeSentence(reason: Notice, lang: Lang, { at, length }: Wording): string {
  if (reason.rule === 'change') return changeSentence(reason, lang, length)
  if (reason.rule === 'absence-moved') {
    const moved = [causeWord(reason.cause, lang), at(reason.until), at(reason.since)] as const
    return `${TEXT[lang].moved(...moved)} ${TEXT[lang][reason.back ? 'back' : 'mayBeBack']}`
  }
  return TEXT[lang].absence({
    cause: causeWord(reason.cause, lang),
    until: at(reason.until),
    quiet: length(reason.silentFor),
    last: at(reason.since),
    room: reason.lastRoom,
  })
}

function changeSentence(
  { what, before, now }: Extract<Reason, { rule: 'change' }>,
  lang: Lang,
  length: Wording['length'],
): string {
  const said = (value: number) => {
    if (what === 'morning') return clock(value * QUARTER)
    return what === 'outings' ? TEXT[lang].times(value) : length(value * QUARTER)
  }
  const way = now > before ? 'more' : 'less'
  return `${TEXT[lang][what][way](said(before), said(now))} ${TEXT[lang].lookIn}`
}

// A time of day, to the minute.
function clock(time: Millis): string {
  const [hours, minutes] = [Math.floor(time / HOUR), Math.floor((time % HOUR) / MINUTE)]
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

const CAUSES: Readonly<Record<Lang, Readonly<Record<AbsenceCause, string>>>> = {
  ko: { hospital: '입원', trip: '여행', consent: '동의 철회', muted: '일시 중지' },
  en: {
    hospital: 'hospital',
    trip: 'a trip',
    consent: 'consent withdrawn',
    muted: 'muted',
  },
}

type Overdue = {
  readonly cause: string
  readonly until: string
  readonly quiet: string
  readonly last: string
  readonly room: string | null
}

type Pair = {
  readonly more: (before: string, now: string) => string
  readonly less: (before: string, now: string) => string
}

const KO = {
  times: (n: number) => `${n}번`,
  lookIn: '급하지 않으니 틈날 때 한번 들여다봐 주십시오.',
  activity: {
    more: (before, now) =>
      `하루에 움직이시는 시간이 ${before}쯤에서 최근 2주 ${now}쯤으로 늘었습니다.`,
    less: (before, now) =>
      `하루에 움직이시는 시간이 ${before}쯤에서 최근 2주 ${now}쯤으로 줄었습니다.`,
  } satisfies Pair,
  nights: {
    more: (before, now) =>
      `밤(0시~5시)에 움직이시는 시간이 ${before}쯤에서 최근 2주 ${now}쯤으로 늘었습니다.`,
    less: (before, now) =>
      `밤(0시~5시)에 움직이시는 시간이 ${before}쯤에서 최근 2주 ${now}쯤으로 줄었습니다.`,
  } satisfies Pair,
  morning: {
    more: (before, now) => `아침 첫 움직임이 ${before}쯤에서 최근 2주 ${now}쯤으로 늦어졌습니다.`,
    less: (before, now) => `아침 첫 움직임이 ${before}쯤에서 최근 2주 ${now}쯤으로 빨라졌습니다.`,
  } satisfies Pair,
  outings: {
    more: (before, now) => `현관 출입이 하루 ${before}쯤에서 최근 2주 ${now}쯤으로 늘었습니다.`,
    less: (before, now) => `현관 출입이 하루 ${before}쯤에서 최근 2주 ${now}쯤으로 줄었습니다.`,
  } satisfies Pair,
  moved: (cause: string, until: string, since: string) =>
    `${cause}: ${until}까지로 되어 있는데 ${since}부터 집 안에 움직임이 있습니다.`,
  back: '돌아오신 것으로 보여 부재를 끝내고 다시 지켜봅니다.',
  mayBeBack:
    '돌아오셨는지 확인하고, 돌아오셨으면 부재를 끝내 주십시오. 그때까지는 알리지 않습니다.',
  absence: ({ cause, until, quiet, last, room }: Overdue) =>
    `${cause}: ${until}까지로 되어 있었는데 아직 돌아오신 기척이 없습니다. ${quiet}째 조용하고, 마지막 움직임은 ${room ? `${last}, ${room}` : last}.`,
}

const EN: typeof KO = {
  times: (n) => (n === 1 ? 'once' : `${n} times`),
  lookIn: 'There is no hurry: please look in when you can.',
  activity: {
    more: (before, now) =>
      `There is more movement a day: about ${now} in the last two weeks, ${before} before.`,
    less: (before, now) =>
      `There is less movement a day: about ${now} in the last two weeks, ${before} before.`,
  },
  nights: {
    more: (before, now) =>
      `There is more movement at night (0 to 5): about ${now} in the last two weeks, ${before} before.`,
    less: (before, now) =>
      `There is less movement at night (0 to 5): about ${now} in the last two weeks, ${before} before.`,
  },
  morning: {
    more: (before, now) =>
      `The day begins later: about ${now} in the last two weeks, ${before} before.`,
    less: (before, now) =>
      `The day begins earlier: about ${now} in the last two weeks, ${before} before.`,
  },
  outings: {
    more: (before, now) =>
      `The door is used more: about ${now} a day in the last two weeks, ${before} before.`,
    less: (before, now) =>
      `The door is used less: about ${now} a day in the last two weeks, ${before} before.`,
  },
  moved: (cause, until, since) =>
    `Absent until ${until} (${cause}), but there has been movement inside since ${since}.`,
  back: 'They seem to be back: the absence has ended, and the home is watched again.',
  mayBeBack:
    'Please find out whether they are back, and end the absence if so. Until then nothing is raised.',
  absence: ({ cause, until, quiet, last, room }) =>
    `Absent until ${until} (${cause}), and there is no sign of coming back yet. It has been quiet for ${quiet}. Last movement: ${room ? `${last}, ${room}` : last}.`,
}

const TEXT: Readonly<Record<Lang, typeof KO>> = { ko: KO, en: EN }
