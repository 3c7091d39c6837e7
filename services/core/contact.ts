import type { Channel } from '../../schemas/channel.ts'
import type { Person } from '../../schemas/household.ts'

/** What of a person says how to reach them. */
export type Reachable = Pick<
  Person,
  'email' | 'webhook' | 'phone' | 'slack' | 'ntfy' | 'cap' | 'push'
>

/** Where `channel` finds a person, or null when it does not. */
export function addressOf(person: Reachable, channel: Channel): string | null {
  // The devices are many and come and go: the channel looks them up.
  if (channel === 'push') return person.push ? 'push' : null
  return person[channel === 'alimtalk' || channel === 'sms' ? 'phone' : channel]
}

/** Whether a message by `channel` is only put up somewhere: it never counts as somebody reached. */
export function isNotice(channel: Channel): boolean {
  return channel === 'slack'
}

/** The word for a channel. */
export function channelWord(channel: Channel, lang: 'ko' | 'en'): string {
  return WORDS[lang][channel]
}

const WORDS: Readonly<Record<'ko' | 'en', Readonly<Record<Channel, string>>>> = {
  ko: {
    push: '푸시',
    alimtalk: '알림톡',
    sms: '문자',
    email: '메일',
    webhook: '웹훅',
    slack: '슬랙',
    ntfy: 'ntfy',
    cap: '관제(CAP)',
  },
  en: {
    push: 'push',
    alimtalk: 'AlimTalk',
    sms: 'text message',
    email: 'e-mail',
    webhook: 'webhook',
    slack: 'Slack',
    ntfy: 'ntfy',
    cap: 'control room (CAP)',
  },
}
