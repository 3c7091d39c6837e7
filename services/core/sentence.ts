import type { Kind } from '../../schemas/reading.ts'
import type { Grade, Presence, Reason, SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { callSentence, isCall } from './call.ts'
import { channelWord } from './contact.ts'
import { isNotice, noticeSentence } from './notice.ts'
import { isOfficeReason, officeSentence } from './report.ts'
import { DAY, HOUR, MINUTE, localDay } from './time.ts'

/** The languages that staff read, the first one first. */
export type Lang = 'ko' | 'en'

type Words<Name extends string> = Readonly<Record<Lang, Readonly<Record<Name, string>>>>

/** Says why a signal was raised, in whole sentences for somebody who goes and looks, with times of the home's zone. */
export function sentence(reason: Reason, lang: Lang, timeZone: string): string {
  const voice = { lang, timeZone }
  if ('lastSeen' in reason) return silentThing(reason, voice)
  if (isCall(reason)) return callSentence(reason, lang, (at) => instantWord(at, voice))
  if (isNotice(reason)) {
    const length = (span: Millis) => duration(span, lang)
    return noticeSentence(reason, lang, { at: (at) => instantWord(at, voice), length })
  }
  if (isOfficeReason(reason)) return officeSentence(reason, lang, (at) => instantWord(at, voice))
  if ('expected' in reason) return silence(reason, voice)
  switch (reason.rule) {
    case 'empty-step':
      return TEXT[lang].emptyStep(reason.plan, reason.step + 1)
    case 'dead-channel':
      return TEXT[lang].deadChannel(channelWord(reason.channel, lang), reason.person, reason.detail)
  }
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
  const unit = TEXT[lang].units
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
  const text = TEXT[voice.lang]
  const quiet = lasted(reason, voice.lang)
  switch (reason.rule) {
    case 'surprise':
      return join([text.surprise(usual(reason, voice.lang), quiet), ...rest(reason, voice)])
    case 'ceiling':
      return join([
        text.ceiling(quiet, duration(reason.ceiling, voice.lang)),
        ...rest(reason, voice),
      ])
    case 'away':
      return join([text.away(quiet, duration(reason.limit, voice.lang)), last(reason, voice)])
  }
}

function lasted({ silentFor }: Quiet, lang: Lang): string {
  return duration(silentFor, lang)
}

// Less than once is no habit to speak of.
function usual({ expected }: Quiet, lang: Lang): string {
  const times = Math.round(expected)
  return times < 1 ? '' : TEXT[lang].usual(times)
}

function rest(reason: Quiet, voice: Voice): string[] {
  return [longest(reason, voice.lang), last(reason, voice), whereNow(reason, voice.lang)]
}

function longest({ longest: most, silentFor }: Quiet, lang: Lang): string {
  if (most === null) return ''
  const said = duration(most, lang)
  return most > silentFor ? TEXT[lang].longestOfNight(said) : TEXT[lang].longest(said)
}

function last({ since, silentFor, lastRoom }: Quiet, { lang, timeZone }: Voice): string {
  return TEXT[lang].last(localTime(since, since + silentFor, lang, timeZone), lastRoom)
}

function whereNow({ presence }: Quiet, lang: Lang): string {
  return presence === 'home' ? '' : TEXT[lang].where[presence]
}

function silentThing(reason: Thing, { lang, timeZone }: Voice): string {
  // No "now" here: the date always stands.
  const seen = format(lang, timeZone, false).format(reason.lastSeen)
  switch (reason.rule) {
    case 'gateway-offline':
      return TEXT[lang].gatewayOffline(seen)
    case 'gateway-silent':
      return TEXT[lang].gatewaySilent(duration(reason.limit, lang), seen)
    case 'unwatched':
      return TEXT[lang].unwatched(seen)
    case 'sensor-silent': {
      const battery = reason.battery === null ? '' : TEXT[lang].battery(Math.round(reason.battery))
      const name = `${reason.room} ${SENSOR_WORDS[lang][reason.kind] ?? reason.kind}`
      return join([TEXT[lang].sensorSilent(name, duration(reason.limit, lang), seen), battery])
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

const KO = {
  units: {
    days: (n: number) => `${n}일`,
    hours: (n: number) => `${n}시간`,
    minutes: (n: number) => `${n}분`,
  },
  usual: (times: number) => `보통 이 시간에는 ${times}번쯤 움직이시는데 `,
  surprise: (habit: string, quiet: string) => `${habit}${quiet}째 조용합니다.`,
  ceiling: (quiet: string, ceiling: string) =>
    `${quiet}째 아무 움직임이 없습니다. ${ceiling}이 지나면 언제나 확인합니다.`,
  away: (quiet: string, limit: string) =>
    `외출하신 뒤 ${quiet}째 돌아오신 기척이 없습니다. 평소 외출로 보아 ${limit} 안에는 돌아오실 때입니다.`,
  longest: (most: string) => `최근 60일 가장 길었던 때는 ${most}.`,
  longestOfNight: (most: string) => `밤까지 치면 최근 60일에 ${most}까지 조용한 적이 있습니다.`,
  last: (time: string, room: string | null) =>
    room ? `마지막 움직임은 ${time}, ${room}.` : `마지막 움직임은 ${time}.`,
  where: {
    away: '외출하신 것으로 보입니다.',
    blind: '신호가 끊겨 지금은 집 안을 알 수 없습니다.',
  },
  gatewayOffline: (seen: string) =>
    `게이트웨이 연결이 끊겼습니다. 마지막 신호는 ${seen}. 그 뒤로는 무사하신지 알 수 없습니다.`,
  gatewaySilent: (limit: string, seen: string) =>
    `게이트웨이가 ${limit} 넘게 신호를 보내지 않습니다. 마지막 신호는 ${seen}. 그 뒤로는 무사하신지 알 수 없습니다.`,
  unwatched: (seen: string) =>
    `${seen}부터 신호를 보내는 센서가 하나도 없습니다. 그 뒤로는 무사하신지 알 수 없습니다.`,
  sensorSilent: (name: string, limit: string, seen: string) =>
    `${name}에서 ${limit} 넘게 신호가 없습니다. 마지막 신호는 ${seen}.`,
  battery: (percent: number) => `배터리 ${percent}%.`,
  emptyStep: (plan: string, step: number) =>
    `알림 계획 ${plan}의 ${step}단계에 연락받을 사람이 없습니다.`,
  deadChannel: (channel: string, person: string | null, why: string) =>
    `${person === null ? '아무에게도' : `${person}에게`} ${channel} 알림이 가지 않습니다: ${why}.`,
}

const EN: typeof KO = {
  units: {
    days: (n) => (n === 1 ? '1 day' : `${n} days`),
    hours: (n) => `${n} h`,
    minutes: (n) => `${n} min`,
  },
  usual: (times) =>
    `There is usually movement about ${times} ${times === 1 ? 'time' : 'times'} in such a stretch, but `,
  surprise: (habit, quiet) =>
    habit ? `${habit}it has been quiet for ${quiet}.` : `It has been quiet for ${quiet}.`,
  ceiling: (quiet, ceiling) =>
    `There has been no movement for ${quiet}. After ${ceiling} we always ask.`,
  away: (quiet, limit) =>
    `Out for ${quiet} without a sign of coming back. By their habits they should be back within ${limit}.`,
  longest: (most) => `The longest in the last 60 days was ${most}.`,
  longestOfNight: (most) => `Nights included, the last 60 days had silences of up to ${most}.`,
  last: (time, room) => (room ? `Last movement: ${time}, ${room}.` : `Last movement: ${time}.`),
  where: {
    away: 'They seem to be out.',
    blind: 'The line is down, so nobody can tell what happens in the home.',
  },
  gatewayOffline: (seen) =>
    `The gateway has lost its connection. Last heard: ${seen}. Since then nobody can tell how this home is.`,
  gatewaySilent: (limit, seen) =>
    `The gateway has sent nothing for more than ${limit}. Last heard: ${seen}. Since then nobody can tell how this home is.`,
  unwatched: (seen) =>
    `No sensor of this home has been heard since ${seen}. Since then nobody can tell how this home is.`,
  sensorSilent: (name, limit, seen) =>
    `The ${name} has sent nothing for more than ${limit}. Last heard: ${seen}.`,
  battery: (percent) => `Battery ${percent}%.`,
  emptyStep: (plan, step) => `Step ${step} of the escalation plan ${plan} reaches nobody.`,
  deadChannel: (channel, person, why) =>
    `Nothing reaches ${person ?? 'anybody'} by ${channel}: ${why}.`,
}

const TEXT: Readonly<Record<Lang, typeof KO>> = { ko: KO, en: EN }
