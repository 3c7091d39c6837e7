import type { AbsenceCause } from '../../schemas/household.ts'
import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'

type Lang = 'ko' | 'en'

/** Reasons that rest on what was planned, and not on a silence alone. */
export type Notice = Extract<Reason, { rule: 'absence' }>

/** How instants and lengths of time are worded where the reader is. */
export type Wording = {
  readonly at: (instant: Millis) => string
  readonly length: (length: Millis) => string
}

/** Whether a reason is a notice. */
export function isNotice(reason: Reason): reason is Notice {
  return reason.rule === 'absence'
}

function causeWord(cause: AbsenceCause, lang: Lang): string {
  return CAUSES[lang][cause]
}

/** Says a notice in whole sentences. */
export function noticeSentence(reason: Notice, lang: Lang, { at, length }: Wording): string {
  return TEXT[lang].absence({
    cause: causeWord(reason.cause, lang),
    until: at(reason.until),
    quiet: length(reason.silentFor),
    last: at(reason.since),
    room: reason.lastRoom,
  })
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

const KO = {
  absence: ({ cause, until, quiet, last, room }: Overdue) =>
    `${cause}: ${until}까지로 되어 있었는데 아직 돌아오신 기척이 없습니다. ${quiet}째 조용하고, 마지막 움직임은 ${room ? `${last}, ${room}` : last}.`,
}

const EN: typeof KO = {
  absence: ({ cause, until, quiet, last, room }) =>
    `Absent until ${until} (${cause}), and there is no sign of coming back yet. It has been quiet for ${quiet}. Last movement: ${room ? `${last}, ${room}` : last}.`,
}

const TEXT: Readonly<Record<Lang, typeof KO>> = { ko: KO, en: EN }
