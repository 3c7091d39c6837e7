import { expect, test } from 'vitest'
import type { Role } from '../../schemas/household.ts'
import type { Kind, Reading } from '../../schemas/reading.ts'
import { recordedLife, simulatedLife } from '../../services/commands/lives.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'

const FROM = Date.parse('2026-03-02T00:00:00+09:00')
const FROZEN = FROM + 9 * DAY
const TO = FROM + 14 * DAY

type Stands = { readonly uid: string; readonly kind: Kind; readonly role: Role }
const plug = (uid: string): Stands => ({ uid, kind: 'power', role: 'plug' })
const mains: Stands = { uid: 'mains', kind: 'power', role: 'mains' }
const pir: Stands = { uid: 'pir', kind: 'motion', role: 'inner' }
const mute: Stands = { ...pir, uid: 'mute' }
const button: Stands = { uid: 'sos', kind: 'button', role: 'sos' }

// Every ten minutes: what wobbles by a watt until it freezes, or wobbles on; the others speak once an hour.
function* said({ uid, kind }: Stands, frozen: ReadonlySet<string>): Generator<Reading> {
  for (let at = FROM; at < TO; at += 10 * MINUTE) {
    const isStill = frozen.has(uid) && at >= FROZEN
    const watts = isStill ? 41 : 40 + (Math.floor((at - FROM) / (10 * MINUTE)) % 3)
    if (kind === 'power') yield { uid, at, kind, value: watts, nature: 'snapshot' }
    else if (uid !== 'mute' && (at - FROM) % HOUR === 0)
      yield { uid, at, kind, value: 1, nature: 'event' }
  }
}

/** When a home with these devices cannot be seen, in days since the first, of which these freeze after nine. */
async function unseen(devices: readonly Stands[], ...frozen: string[]) {
  const readings = devices
    .flatMap((each) => [...said(each, new Set(frozen))])
    .toSorted((a, b) => a.at - b.at)
  async function* all() {
    yield* readings
  }
  const household = 'h-1'
  const life = await recordedLife({
    format: 'anbu',
    household: { type: 'household', household, timeZone: 'Asia/Seoul', tier: 'mid' },
    devices: devices.map(({ uid, kind, role }) => ({
      type: 'device',
      household,
      device: uid,
      kind,
      room: '주방',
      role,
    })),
    readings: { [Symbol.asyncIterator]: all },
    from: FROM,
    to: TO,
    count: readings.length,
    bad: 0,
    outOfOrder: 0,
  })
  const days = (at: number | null) => at && (at - FROM) / DAY
  return life.unseen.map(({ since, until }) => [days(since), days(until)])
}

test('a recorded home cannot be seen while its meter is frozen, or all of its plugs are, and nothing else watches it', async () => {
  expect(await unseen([plug('a'), plug('b')])).toEqual([])
  expect(await unseen([plug('a'), plug('b')], 'a')).toEqual([])
  expect(await unseen([plug('a'), plug('b')], 'a', 'b')).toEqual([[9, null]])
  expect(await unseen([mains, plug('b')], 'mains', 'b')).toEqual([[9, null]])
  // What fills the holes of a meter fills those of the plugs: they do not show that somebody is seen.
  expect(await unseen([mains, plug('b')], 'mains')).toEqual([[9, null]])
  // Who moves past a sensor is seen, whatever the meters say.
  expect(await unseen([mains, plug('b'), pir], 'mains', 'b')).toEqual([])
  // A button for emergencies says nothing on a good day.
  expect(await unseen([mains, button], 'mains')).toEqual([[9, null]])
  // What never said anything watches nobody.
  expect(await unseen([mains, mute], 'mains')).toEqual([[9, null]])
})

test('a made-up plug tells changes only, and what is on for hours runs all the while', () => {
  const homes = Array.from({ length: 20 }, (_, seed) => simulatedLife(seed + 1, 10))
  const ran = homes.filter(({ kit }) => kit === 'plugs').flatMap((life) => life.ran ?? [])
  const lengths = ran.map(({ since, until }) => (until ?? since) - since)
  expect(Math.max(...lengths)).toBeGreaterThan(3 * HOUR)
})
