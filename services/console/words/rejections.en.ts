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
    unknownKind: 'unknown',
  },
}
