import type { Target } from '../../schemas/plan.ts'
import { Grade, SignalKind } from '../../schemas/signal.ts'
import { channelWord } from './contact.ts'
import type { Lack } from './coverage.ts'
import { placeWord } from './place-words.ts'
import type { Meant } from './roster.ts'
import { type Lang, gradeWord, kindWord } from './sentence.ts'

/** The name of each of the staff by id. */
export type Names = ReadonlyMap<string, string>

/** Says who is meant by a target and what became of it, such as "이나리 (김가상 휴가, 대직): 알림톡, 메일". */
export function meantSentence(meant: Meant, names: Names, lang: Lang): string {
  const words = TEXT[lang]
  const target = targetName(meant.target, names, lang)
  const away = meant.insteadOf === null ? '' : nameIn(names, meant.insteadOf)
  if (meant.person === null) return away === '' ? words.nobody(target) : words.onLeave(target, away)
  const who = nameIn(names, meant.person)
  const person = away === '' ? words.person(target, who) : words.deputy(target, who, away)
  const by = meant.channels.map((channel) => channelWord(channel, lang)).join(', ')
  return words.outcome[meant.outcome](person, by)
}

/** The words for whom a step means. */
function targetName(target: Target, names: Names, lang: Lang): string {
  if ('person' in target) return nameIn(names, target.person)
  return 'receiver' in target ? nameIn(names, target.receiver) : placeWord(target, lang)
}

/** The word for a matter, such as "inactivity danger" or "blind". */
export function matterWord(matter: string, lang: Lang): string {
  const [kind, grade] = matter.split(' ')
  const known = SignalKind.safeParse(kind)
  const graded = Grade.safeParse(grade)
  if (graded.success) return gradeWord(graded.data, lang)
  return known.success ? kindWord(known.data, lang) : matter
}

/** The word for what is wrong with a time in which alerts do not reach whom they should. */
export function lackWord(lack: Lack, lang: Lang): string {
  return LACK_WORDS[lang][lack]
}

function nameIn(names: Names, id: string): string {
  return names.get(id) ?? id
}

const LACK_WORDS: Readonly<Record<Lang, Readonly<Record<Lack, string>>>> = {
  ko: {
    nobody: '아무에게도 가지 않음',
    'empty-step': '빈 단계가 있음',
    unproven: '확인된 연락처가 없음',
  },
  en: {
    nobody: 'reaches nobody',
    'empty-step': 'a step reaches nobody',
    unproven: 'by unconfirmed ways only',
  },
}

type Text = {
  readonly nobody: (target: string) => string
  readonly onLeave: (target: string, away: string) => string
  readonly person: (target: string, who: string) => string
  readonly deputy: (target: string, who: string, away: string) => string
  readonly outcome: Readonly<Record<Meant['outcome'], (person: string, by: string) => string>>
}

const KO: Text = {
  nobody: (target) => `${target}: 그 시간에 아무도 없음`,
  onLeave: (target, away) => `${target} ${away}: 휴가, 대직자 없음`,
  person: (target, who) => (target === who ? who : `${target} ${who}`),
  deputy: (target, who, away) => `${target} ${who} (${away} 휴가, 대직)`,
  outcome: {
    told: (person, by) => `${person}: ${by}`,
    twice: (person) => `${person}: 같은 단계에서 이미 알림`,
    spared: (person) => `${person}: 일이 더 적은 사람에게 알림`,
    'no-channel': (person) => `${person}: 쓸 수 있는 연락처 없음`,
    'on-leave': (person) => person,
    nobody: (person) => person,
  },
}

const EN: Text = {
  nobody: (target) => `${target}: nobody at that time`,
  onLeave: (target, away) => `${target} ${away}: on leave, and nobody stands in`,
  person: (target, who) => (target === who ? who : `${target} ${who}`),
  deputy: (target, who, away) => `${target} ${who} (for ${away}, who is on leave)`,
  outcome: {
    told: (person, by) => `${person}: ${by}`,
    twice: (person) => `${person}: told in this step already`,
    spared: (person) => `${person}: somebody with less to do is told`,
    'no-channel': (person) => `${person}: no way to reach them`,
    'on-leave': (person) => person,
    nobody: (person) => person,
  },
}

const TEXT: Readonly<Record<Lang, Text>> = { ko: KO, en: EN }
