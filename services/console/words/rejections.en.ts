import type { rejectionsKo } from './rejections.ko.ts'

/** What could not be read, in English. */
export const rejectionsEn: typeof rejectionsKo = {
  rejections: {
    title: 'Unread input',
    note: 'Nothing on this page counted as activity of any home.',
    counts: 'By reason (7 days)',
    samples: 'Latest samples',
    unassigned: 'Whose device is this?',
    unassignedNote: 'These devices are heard, and belong to no home yet.',
    gateway: 'Gateway',
    reason: 'Reason',
    count: 'Count',
    device: 'Device',
    value: 'Last value',
    last: 'Last heard',
    readings: 'Readings',
    none: 'Nothing was refused.',
    noneUnassigned: 'Every device belongs to a home.',
    bytes: (n) => `${n} bytes`,
    reasons: {
      unreadable: 'unreadable',
      'unknown-topic': 'unknown topic',
      'too-large': 'too large',
      'too-old': 'too old',
      implausible: 'no possible value',
      future: 'from the future',
      'not-storable': 'cannot be stored',
      'wrong-password': 'wrong password',
      'bad-certificate': 'bad certificate',
      disabled: 'disabled gateway',
      'foreign-client-id': 'another gateway’s name',
      'foreign-topic': 'another gateway’s topic',
      'bad-topic': 'topic that cannot be used',
    },
    unknownKind: 'unknown',
  },
}
