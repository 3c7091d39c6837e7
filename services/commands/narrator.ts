import { type Lang, gradeWord, sentence } from '../core/sentence.ts'
import type { News } from '../store/news.ts'

type Told<T extends News['type']> = Extract<News, { type: T }>

/** Tells a piece of news in one plain line, with the time it happened in the home's zone; null: not worth a line. */
export function narrate(news: News, lang: Lang): string | null {
  const line = tell(news, lang)
  return line === null ? null : `${localTime(news.at, news.timeZone, lang)}  ${news.alias}  ${line}`
}

function tell(news: News, lang: Lang): string | null {
  switch (news.type) {
    case 'signal':
      return `${gradeWord(news.grade, lang)}: ${sentence(news.reason, lang, news.timeZone)}`
    case 'alert':
      return tellAlert(news, lang)
    case 'delivery':
      return tellDelivery(news, lang)
    case 'presence':
      return tellPresence(news, lang)
  }
}

function tellAlert(news: Told<'alert'>, lang: Lang): string | null {
  const { event, state } = news
  const words = WORDS[lang]
  if (event.type === 'tick') return tellTick(state, lang)
  if (event.type === 'activity') return words.recovered
  if (event.type === 'acknowledge') return words.acknowledged(news.who ?? event.by)
  // The signal itself has its line, and what else staff do is told by the console.
  return event.type === 'outcome' ? words.resolved(news.who ?? event.by) : null
}

function tellTick(state: Told<'alert'>['state'], lang: Lang): string | null {
  if (state.state === 'notifying')
    return WORDS[lang].next(state.step + 1, state.loop + state.times > 0)
  // It goes on telling the last step for ever; once is enough to hear of it.
  return state.state === 'exhausted' && state.times <= 1 ? WORDS[lang].exhausted : null
}

function tellDelivery(news: Told<'delivery'>, lang: Lang): string | null {
  const reached = ['accepted', 'delivered', 'read'].includes(news.state)
  if (news.times > 0 && reached) return null // the same again, said already
  const words = WORDS[lang]
  const channel = words.channel[news.channel]
  return reached
    ? words.told(news.who, channel)
    : words.notTold(news.who, channel, news.error ?? news.state)
}

function tellPresence(news: Told<'presence'>, lang: Lang): string | null {
  if (news.presence === 'blind') return WORDS[lang].blind
  if (news.presence === 'home') return null
  const until = news.until === null ? null : localTime(news.until, news.timeZone, lang)
  return WORDS[lang].away(until)
}

const WORDS = {
  ko: {
    channel: {
      push: '푸시로',
      alimtalk: '알림톡으로',
      sms: '문자로',
      email: '이메일로',
      webhook: '웹훅으로',
      slack: '슬랙에',
      ntfy: 'ntfy로',
      cap: '관제로',
    },
    told: (who: string, channel: string) => `→ ${who}에게 ${channel} 알렸습니다`,
    notTold: (who: string, channel: string, why: string) =>
      `→ ${who}에게 ${channel} 알리지 못했습니다: ${why}`,
    next: (step: number, again: boolean) =>
      `아무도 답하지 않아 ${step}단계에 ${again ? '다시 ' : ''}알립니다`,
    exhausted: '끝까지 아무도 답하지 않았습니다. 누가 받을 때까지 마지막 단계를 되풀이합니다',
    acknowledged: (who: string) => `${who} 님이 맡았습니다`,
    recovered: '움직임이 돌아왔습니다. 사람이 확인할 때까지 열어 둡니다',
    resolved: (who: string) => `${who} 님이 확인하고 닫았습니다`,
    blind: '지금은 이 집을 볼 수 없습니다',
    away: (until: string | null) =>
      `외출하신 것 같습니다${until === null ? '' : `. 늦어도 ${until}에는 다시 살핍니다`}`,
  },
  en: {
    channel: {
      push: 'by push',
      alimtalk: 'by AlimTalk',
      sms: 'by text message',
      email: 'by e-mail',
      webhook: 'by webhook',
      slack: 'in Slack',
      ntfy: 'by ntfy',
      cap: 'by CAP',
    },
    told: (who: string, channel: string) => `→ told ${who} ${channel}`,
    notTold: (who: string, channel: string, why: string) =>
      `→ could not tell ${who} ${channel}: ${why}`,
    next: (step: number, again: boolean) =>
      `nobody answered: step ${step} is told${again ? ' again' : ''}`,
    exhausted: 'nobody answered at all: the last step again and again, until somebody does',
    acknowledged: (who: string) => `${who} has it`,
    recovered: 'movement came back; open until a person has made sure',
    resolved: (who: string) => `${who} made sure and closed it`,
    blind: 'this home cannot be watched now',
    away: (until: string | null) =>
      `has gone out, it seems${until === null ? '' : `; looked at again by ${until} at the latest`}`,
  },
} as const

/** An instant as people there read it: the day and the minute, such as "Nov 2, 13:24". */
export function localTime(at: number, timeZone: string, lang: Lang): string {
  return new Intl.DateTimeFormat(lang, {
    timeZone,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}
