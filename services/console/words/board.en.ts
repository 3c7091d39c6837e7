import type { boardKo } from './board.ko.ts'

/** The board, and where an alert stands, in English. */
export const boardEn: typeof boardKo = {
  board: {
    title: 'Now',
    counts: (danger, open, held) =>
      `${danger} unanswered danger, ${open} unanswered, ${held} in hand`,
    calm: 'No alert is waiting.',
    sections: {
      danger: 'Unanswered danger',
      open: 'Unanswered',
      visiting: 'On a visit',
      held: 'In hand',
      back: 'Movement is back (unconfirmed)',
      device: 'Devices and network',
      away: 'Held back by an absence',
      listed: 'Watching',
    },
    listedNote: 'The grade "watch" is only listed here: it tells nobody.',
    acknowledge: 'I have it',
    extend: 'More time',
    record: 'Record outcome',
    owner: (name) => `${name} has it`,
    mine: 'You have it',
    opened: (time) => `since ${time}`,
    messages: 'Messages',
    nothingSent: 'No message sent yet',
    nobodyReached: 'nobody reached yet',
    decline: 'I cannot go',
    declineFor: (alias) => `I cannot go, ${alias}`,
    given: (name) => `given to ${name}`,
    offered: (name) => `being handed to ${name}`,
    offeredLate: (name) => `${name} has not taken it, the supervisor was told`,
    cancelling: (name) => `${name} wants it cancelled: one more must agree`,
    homes: 'All homes',
    unseen: 'Homes that cannot be watched now',
    unseenNote: 'While the line is down, neither silence nor safety can be known.',
    allSeen: 'Every home is being watched.',
    pipeline: (time) => `The system has stood still since ${time}: no home is being watched.`,
    lastSign: (ago) => `last activity ${ago}`,
    noHomes: 'No home is registered.',
    exercise: 'exercise',
    whole: 'Back to the whole board',
    outage: 'Homes that went dark together',
    together: (homes) => `See the ${homes} homes of the area that went dark together`,
    shown: (from, to, total) => `${from} to ${to} of ${total}`,
    before: 'Previous',
    next: 'Next',
    someHomes: (count) => `${count} are shown, those worth a look first.`,
    allHomes: 'Find any home',
    moreUnseen: (count) => `See ${count} more`,
    find: 'Alias, dong or number',
    findDo: 'Find',
    noneFound: 'There is no such home.',
  },
  state: {
    notifying: (loop, step, next) =>
      `${loop > 1 ? `Round ${loop}, step` : 'Step'} ${step}, next call ${next}, nobody has answered yet`,
    pending: (until) =>
      `The resident is asked first; staff are told after ${until} without an answer`,
    assigned: (giver, to, until) =>
      `Given by ${giver} to ${to}; told again after ${until} without an answer`,
    visiting: (name, until) => `${name} is on a visit; told again after ${until} without a word`,
    visitingTwo: (name, companion, until) =>
      `${name} and ${companion} are on a visit; told again after ${until} without a word`,
    deferred: (name, reason, until) => `${name} put it off until ${until}: ${reason}`,
    cancelled: (name, reason, at) => `${at}, cancelled by ${name}: ${reason}`,
    cancelledTwo: (name, second, reason, at) =>
      `${at}, cancelled by ${name}, agreed by ${second}: ${reason}`,
    away: (cause, name, until) =>
      `${cause}: ${name} says until ${until}; told again if nothing has changed by then`,
    listed: 'Listed only, nobody is told',
    acknowledged: (name, until) => `${name} has it; told again after ${until} without an outcome`,
    exhausted: (times, next) =>
      `No step answered, the last one was told ${times} more times, next call ${next}`,
    recovered: (until) => `Movement is back, nobody has confirmed it; to be confirmed by ${until}`,
    recoveredAway: (until) =>
      `Movement is back; a person confirms it when the absence is over, at the latest at ${until}`,
    recoveredHeld: (name, until) => `Movement is back, ${name} confirms by ${until}`,
    resolved: (name, outcome, at) => `${at}, closed by ${name}: ${outcome}`,
  },
}
