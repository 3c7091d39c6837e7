import type { homeKo } from './home.ko.ts'

/** The page of one home, in English. */
export const homeEn: typeof homeKo = {
  home: {
    picture: 'The last 28 days',
    pictureHelp:
      'A row is a day, a cell a quarter of an hour. The higher the bar, the more activity.',
    legend: {
      activity: 'Activity (higher is more)',
      exit: 'Front door',
      unseen: 'Could not be seen',
      signal: 'Signal (shape is the grade)',
    },
    summary: (days, quarters, unseen, signals) =>
      `Last ${days} days: activity in ${quarters} quarter hours a day on average, ${unseen} unseen, ${signals} signals`,
    table: 'As a table',
    columns: {
      day: 'Day',
      first: 'First',
      last: 'Last',
      active: 'Active quarters',
      unseen: 'Unseen',
      signals: 'Signals',
    },
    usual: (first, last) => `The day usually begins at ${first} and grows quiet at ${last}.`,
    usualNote: 'Medians of the last 28 days. A day begins at 04:00.',
    night: (from, until) => `It is usually quiet from ${from} to ${until}.`,
    nightNote:
      'When there is less than half the usual movement on working days. Some comes at night too.',
    restlessSensor: 'the sensor that never rests',
    restless: 'There is movement at all hours, so no day begins or ends.',
    tooFew: 'Too few records yet to speak of a rhythm.',
    devices: 'Devices',
    gateway: 'Gateway',
    lost: (time) => `silent since ${time}`,
    stuck: (time, watts) => `nothing but ${watts} W since ${time}: not to be believed`,
    trust: (percent) => `believed to ${percent}%: it does not agree with the other sensors`,
    machine: (watts, until) =>
      `a machine runs here: no rise up to ${watts} W counts (until ${until} at the latest). If it was moved, assign it anew`,
    battery: (n) => `battery ${n}%`,
    spokeLast: (time) => `last sign of life ${time}`,
    noDevices: 'No device is registered.',
    alerts: 'Past alerts',
    noAlerts: 'There were none.',
    open: 'open',
    cancelled: 'cancelled',
    resident: 'Resident',
    show: 'Show the name',
    showNote: 'Who looked and when is recorded.',
    shown: 'Your look was recorded. The name is hidden again when you leave this page.',
    unnamed: 'No name is kept.',
    unopened:
      'The name cannot be opened: ANBU_NAMES_KEY is not the key it was sealed with. Tell the administrator.',
    address: 'Address',
    phone: 'Telephone',
    planner: 'Planner',
    unassigned: 'nobody assigned',
    watchedSince: (time) => `watched since ${time}`,
    nextLook: (time) => `next look ${time}`,
  },
}
