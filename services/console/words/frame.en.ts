import type { frameKo } from './frame.ko.ts'

/** The frame of every page, the way in, and what goes wrong, in English. */
export const frameEn: typeof frameKo = {
  name: 'Anbu',
  skip: 'Skip to content',
  language: '한국어',
  nav: {
    board: 'Now',
    roster: 'Roster',
    readiness: 'Readiness',
    unwatched: 'Not watched',
    rejections: 'Unread input',
    leave: 'Sign out',
    menu: 'Main',
  },
  clock: { real: 'Time', simulated: 'Simulated time', speed: (n) => `${n} ×` },
  time: {
    today: (time) => `today ${time}`,
    yesterday: (time) => `yesterday ${time}`,
    tomorrow: (time) => `tomorrow ${time}`,
    ago: (span) => `${span} ago`,
    justNow: 'just now',
    none: 'none',
    never: 'never yet',
    from: (time) => `since ${time}`,
    atLatest: (time) => `until ${time} at the latest`,
  },
  live: {
    lost: 'Live connection lost',
    asOf: 'as of',
    newRows: 'Show new alerts',
    newDanger: 'New danger alert',
    sending: 'Sending…',
  },
  enter: {
    title: 'Sign in',
    email: 'Work e-mail address',
    send: 'Send me a sign-in link',
    sent: 'If the address is known, a sign-in link is on its way. It works for 15 minutes.',
    tooMany: 'Too many requests. Try again in 15 minutes.',
    invalid: 'The link is wrong or too old. Ask for a new one.',
    noMail: 'This installation sends no mail. Ask the administrator for a sign-in link.',
    subject: 'Anbu sign-in link',
    body: (link) =>
      `This link opens the Anbu console. It works for 15 minutes.\n\n${link}\n\nIf you did not ask for it, throw this mail away.`,
    over: 'Your session is over. Sign in again.',
  },
  wrong: {
    missing: 'There is no such page.',
    broken: 'That did not work. Try again in a moment; if it is urgent, use the telephone.',
    refused: 'Refused: the request came from another site. Do it again from this page.',
    large: 'Too much was sent.',
    back: 'Back to the board',
  },
}
