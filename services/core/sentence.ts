import type { Kind } from '../../schemas/reading.ts'
import type { Grade, Presence, Reason, SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { callSentence, isCall } from './call.ts'
import { channelWord } from './contact.ts'
import { isNotice, noticeSentence } from './notice.ts'
import { bandWord, placeWords } from './place-words.ts'
import { isOfficeReason, officeSentence } from './report.ts'
import { PHRASES } from './phrases.ts'
import { whySentence } from './seen-words.ts'
import { DAY, HOUR, MINUTE, localDay } from './time.ts'

/** The languages that staff read, the first one first. */
export type Lang = 'ko' | 'en'

type Words<Name extends string> = Readonly<Record<Lang, Readonly<Record<Name, string>>>>

/** Says why a signal was raised, in whole sentences for somebody who goes and looks, with times of the home's zone. */
export function sentence(reason: Reason, lang: Lang, timeZone: string): string {
  const voice = { lang, timeZone }
  if ('lastSeen' in reason) return silentThing(reason, voice)
  const say = {
    at: (at: Millis) => instantWord(at, voice),
    length: (span: Millis) => duration(span, lang),
  }
  if (isCall(reason)) return callSentence(reason, lang, say)
  if (isNotice(reason)) return noticeSentence(reason, lang, say)
  if (isOfficeReason(reason)) return officeSentence(reason, lang, (at) => instantWord(at, voice))
  if ('expected' in reason) return silence(reason, voice)
  switch (reason.rule) {
    case 'empty-step':
      return PHRASES[lang].emptyStep(reason.plan, reason.step + 1, emptyWords(reason, lang))
    case 'dead-channel':
      return PHRASES[lang].deadChannel(
        channelWord(reason.channel, lang),
        reason.person,
        reason.detail,
      )
  }
}

function emptyWords(
  { kind, grade, band, targets }: Extract<Reason, { rule: 'empty-step' }>,
  lang: Lang,
): string {
  if (!kind || !grade || !band || !targets) return ''
  const matter = kind === 'inactivity' ? gradeWord(grade, lang) : kindWord(kind, lang)
  return [matter, bandWord(band, lang), placeWords(targets, lang)].join(', ')
}

/** The word for a grade: 관심, 주의, 경보, 위험. */
export function gradeWord(grade: Grade, lang: Lang): string {
  return GRADE_WORDS[lang][grade]
}

/** The word for what a signal is about. */
export function kindWord(kind: SignalKind, lang: Lang): string {
  return KIND_WORDS[lang][kind]
}

/** The word for where the person is thought to be. */
export function presenceWord(presence: Presence, lang: Lang): string {
  return PRESENCE_WORDS[lang][presence]
}

/** A length of time to the minute, such as "5시간 40분" or "5 h 40 min"; from three days on in days and hours. */
export function duration(length: Millis, lang: Lang): string {
  const [days, hours, minutes] = parts(length)
  const unit = PHRASES[lang].units
  const said = [
    days > 0 ? unit.days(days) : '',
    hours > 0 ? unit.hours(hours) : '',
    minutes > 0 ? unit.minutes(minutes) : '',
  ].filter((part) => part !== '')
  return said.join(' ') || unit.minutes(0)
}

/** An instant on the home's clock: "08:12", with the date unless it falls on the same local day as `now`. */
export function localTime(at: Millis, now: Millis, lang: Lang, timeZone: string): string {
  const sameDay = localDay(at, timeZone) === localDay(now, timeZone)
  return format(lang, timeZone, sameDay).format(at)
}

type Voice = { readonly lang: Lang; readonly timeZone: string }
type Quiet = Extract<Reason, { expected: number }>
type Thing = Extract<Reason, { lastSeen: number }>

function join(sentences: readonly string[]): string {
  return sentences.filter((each) => each !== '').join(' ')
}

function silence(reason: Quiet, voice: Voice): string {
  const text = PHRASES[voice.lang]
  const quiet = lasted(reason, voice.lang)
  const of = (length: Millis) => duration(length, voice.lang)
  switch (reason.rule) {
    case 'surprise':
      return join([text.surprise(usual(reason, voice.lang), quiet), ...rest(reason, voice)])
    case 'ceiling':
      return join([text.ceiling(quiet, of(reason.ceiling)), ...rest(reason, voice)])
    case 'away':
      return join([text.away(quiet, of(reason.limit)), last(reason, voice)])
    case 'alone':
      return goingOn(reason, voice.lang)
  }
}

function goingOn(
  { few, scant, restless, lastRoom, limit }: Extract<Reason, { rule: 'alone' }>,
  lang: Lang,
): string {
  const text = PHRASES[lang]
  const since = duration(limit, lang)
  if (few) return text.few(since)
  if (scant) return text.scant(since, scant.few, scant.usual)
  if (restless === undefined) return text.alone(lastRoom, since)
  return text.restless(lastRoom, since, duration(restless, lang))
}

function lasted({ silentFor }: Quiet, lang: Lang): string {
  return duration(silentFor, lang)
}

// Less than once is no habit to speak of.
function usual({ expected }: Quiet, lang: Lang): string {
  const times = Math.round(expected)
  return times < 1 ? '' : PHRASES[lang].usual(times)
}

function rest(reason: Quiet, voice: Voice): string[] {
  return [
    longest(reason, voice.lang),
    last(reason, voice),
    onSince(reason, voice),
    whereNow(reason, voice.lang),
  ]
}

// Nobody goes out while the television runs.
function onSince({ running, since, silentFor }: Quiet, { lang, timeZone }: Voice): string {
  if (!running) return ''
  const { until } = running
  const now = since + silentFor
  const room = running.role === 'mains' ? null : running.room
  const on = duration((until ?? now) - running.since, lang)
  if (until === undefined) return PHRASES[lang].running(room, on)
  return PHRASES[lang].ran(room, on, localTime(until, now, lang, timeZone))
}

function longest({ longest: most, silentFor }: Quiet, lang: Lang): string {
  if (most === null) return ''
  const said = duration(most, lang)
  return most > silentFor ? PHRASES[lang].longestOfNight(said) : PHRASES[lang].longest(said)
}

function last(
  { since, silentFor, lastRoom, spoke = [] }: Quiet,
  { lang, timeZone }: Voice,
): string {
  const time = (at: Millis) => localTime(at, since + silentFor, lang, timeZone)
  // What fired since then is not theirs.
  const before = spoke
    .filter(({ at }) => at < since)
    .map(({ room, kind, at }) => `${sensorWord(room, kind, lang)} ${time(at)}`)
  return join([
    PHRASES[lang].last(time(since), lastRoom),
    before.length > 0 ? PHRASES[lang].before(before.join(', ')) : '',
  ])
}

function sensorWord(room: string, kind: Kind, lang: Lang): string {
  return `${room} ${SENSOR_WORDS[lang][kind] ?? kind}`
}

function whereNow({ presence, seen }: Quiet, lang: Lang): string {
  if (presence !== 'home') return PHRASES[lang].where[presence]
  // That they are at home by all that is known need not be said.
  return seen && seen.why.code !== 'moved' ? whySentence(seen.why, lang) : ''
}

function silentThing(reason: Thing, { lang, timeZone }: Voice): string {
  // No "now" here: the date always stands.
  const seen = format(lang, timeZone, false).format(reason.lastSeen)
  switch (reason.rule) {
    case 'gateway-offline':
      return PHRASES[lang].gatewayOffline(seen)
    case 'gateway-silent':
      return PHRASES[lang].gatewaySilent(duration(reason.limit, lang), seen)
    case 'unwatched':
      return PHRASES[lang].unwatched(seen)
    case 'sensor-stuck': {
      const name = sensorWord(reason.room, reason.kind, lang)
      return PHRASES[lang].sensorStuck(name, `${Math.round(reason.value)} W`, seen)
    }
    case 'sensor-silent': {
      const battery =
        reason.battery === null ? '' : PHRASES[lang].battery(Math.round(reason.battery))
      const name = sensorWord(reason.room, reason.kind, lang)
      return join([PHRASES[lang].sensorSilent(name, duration(reason.limit, lang), seen), battery])
    }
  }
}

function instantWord(at: Millis, { lang, timeZone }: Voice): string {
  return format(lang, timeZone, false).format(at)
}

function parts(length: Millis): [days: number, hours: number, minutes: number] {
  const minutes = Math.floor(length / MINUTE)
  if (length < 3 * DAY) return [0, Math.floor(minutes / 60), minutes % 60]
  return [Math.floor(length / DAY), Math.floor((length % DAY) / HOUR), 0]
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(lang: Lang, timeZone: string, sameDay: boolean): Intl.DateTimeFormat {
  const key = `${lang} ${timeZone} ${sameDay}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(lang === 'ko' ? 'ko-KR' : 'en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(sameDay ? {} : { month: 'long', day: 'numeric' }),
  })
  formats.set(key, made)
  return made
}

const GRADE_WORDS: Words<Grade> = {
  ko: { watch: '관심', caution: '주의', warning: '경보', danger: '위험' },
  en: { watch: 'Watch', caution: 'Caution', warning: 'Warning', danger: 'Danger' },
}

const KIND_WORDS: Words<SignalKind> = {
  ko: {
    inactivity: '무활동',
    blind: '볼 수 없음',
    sos: '비상 버튼',
    door: '문 열림',
    change: '생활 변화',
    staff: '방문자 안전',
    sensor: '센서 이상',
    configuration: '설정 이상',
  },
  en: {
    inactivity: 'No activity',
    blind: 'Cannot be watched',
    sos: 'Emergency button',
    door: 'Door left open',
    change: 'Change of habits',
    staff: 'Visitor at risk',
    sensor: 'Sensor fault',
    configuration: 'Set-up fault',
  },
}

const PRESENCE_WORDS: Words<Presence> = {
  ko: { home: '집', away: '외출', blind: '볼 수 없음' },
  en: { home: 'at home', away: 'out', blind: 'cannot be watched' },
}

const SENSOR_WORDS: Readonly<Record<Lang, Partial<Record<Kind, string>>>> = {
  ko: {
    motion: '움직임 센서',
    presence: '재실 센서',
    open: '문열림 센서',
    power: '전력 측정기',
    button: '버튼',
    vibration: '진동 센서',
  },
  en: {
    motion: 'motion sensor',
    presence: 'presence sensor',
    open: 'door sensor',
    power: 'power meter',
    button: 'button',
    vibration: 'vibration sensor',
  },
}
