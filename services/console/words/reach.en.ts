import type { reachKo } from './reach.ko.ts'

/** How one is told, in English. */
export const reachEn: typeof reachKo = {
  reach: {
    title: 'How I am told',
    ways: 'The ways to me',
    none: 'none',
    note: 'An administrator changes addresses and numbers.',
    devices: 'Devices that take push messages',
    noDevices: 'No device is registered.',
    device: 'Device',
    added: 'Registered',
    shown: 'Last arrival',
    remove: 'Remove',
    register: 'Take push messages on this device',
    unable: 'This browser cannot take push messages. See the note for iPhones below.',
    denied:
      'Notifications are blocked in this browser. Please allow them for this site in its settings.',
    failed: 'It could not be registered. Please press again in a moment.',
    ios: 'iPhone and iPad',
    iosNote:
      'From iOS 16.4 on, and only from the screen that opens by the icon which Safari’s share button puts on the home screen (“Add to Home Screen”). With the icon goes the registration.',
    night:
      'To be woken at night, make this app an exception from Do Not Disturb. What does not arrive at the device within 20 seconds goes by the next way.',
  },
}
