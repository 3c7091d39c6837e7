import { z } from 'zod'

/**
 * The ways a message can leave the house: Web Push, Kakao AlimTalk (알림톡), SMS or LMS by length, e-mail, a signed
 * webhook, a notice in Slack, ntfy, a CAP 1.2 document to a control room.
 */
export const Channel = z.enum([
  'push',
  'alimtalk',
  'sms',
  'email',
  'webhook',
  'slack',
  'ntfy',
  'cap',
])
export type Channel = z.infer<typeof Channel>
