import { livesOf } from '../../services/commands/replay-homes.ts'
import type { SubjectHome } from '../../services/commands/replay-subject.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { homeOf } from '../../simulator/homes.ts'
import { writeRecording } from '../../simulator/write-recording.ts'

const FROM = Date.parse('2026-09-07T00:00:00+09:00')

/** Two days of somebody who dies in the morning of the second. */
export const DEATH = livesOf({
  label: 'a death',
  homes: [
    homeOf({
      seed: 21,
      number: 7,
      persona: 'homebody',
      kit: 'motion',
      fate: [{ type: 'dies', at: FROM + DAY + 9 * HOUR }],
    }),
  ],
  timeZone: 'Asia/Seoul',
  from: FROM,
  to: FROM + 2 * DAY,
})

/** Writes what a home says as a recording. */
export async function record(path: string, home: SubjectHome | undefined): Promise<string> {
  if (!home) throw new Error('there is no home to record')
  const { household } = home.household
  await writeRecording(path, {
    household: { type: 'household', ...home.household },
    devices: home.devices.map(({ uid, kind, room, role }) => ({
      type: 'device',
      household,
      device: uid,
      kind,
      room,
      role,
    })),
    readings: home.readings,
  })
  return path
}
