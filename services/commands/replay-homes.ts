import type { Reading } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { heardAt } from '../../simulator/equipment.ts'
import type { Fate } from '../../simulator/fate.ts'
import type { MadeUpHome } from '../../simulator/homes.ts'
import { live } from '../../simulator/life.ts'
import type { Subject, SubjectHome } from './replay-subject.ts'

/** Which made-up homes live, and from when to when. */
export type Lives = {
  readonly label: string
  readonly homes: readonly MadeUpHome[]
  readonly timeZone: string
  readonly from: Millis
  readonly to: Millis
}

/** Made-up homes as what is to be replayed: they live anew each time, and the same to the byte. */
export function livesOf({ label, homes, timeZone, from, to }: Lives): Subject {
  const of = homes.map(({ household, seed, name, kit, fate }) => [household, seed, name, kit, fate])
  const name = JSON.stringify([label, of, from, to])
  return { label, name, homes: homes.map((home) => lifeOf(home, from, to)), timeZone, from, to }
}

function lifeOf(home: MadeUpHome, from: Millis, to: Millis): SubjectHome {
  const { household, timeZone, tier, gateway, sensors, fate } = home
  return {
    household: { household, timeZone, tier },
    gateway,
    devices: sensors.map(({ device }) => device),
    readings: { [Symbol.asyncIterator]: () => until(home, from, to) },
    arrivesAt: ({ at }) => arrival(fate, at),
    isHeard: (at) => heardAt(fate, at) === at,
    turns: fate.flatMap(turnsOf),
    ahead: fate.flatMap((each) => (each.type === 'clock-off' && each.by > 0 ? [each] : [])),
  }
}

// A clock that is wrong changes what a reading says, and not when it comes.
function arrival(fates: readonly Fate[], at: Millis): Millis {
  const wrong = fates.find(
    (fate) => fate.type === 'clock-off' && at - fate.by >= fate.from && at - fate.by < fate.to,
  )
  const measured = wrong?.type === 'clock-off' ? at - wrong.by : at
  return heardAt(fates, measured) ?? measured
}

function turnsOf(fate: Fate): readonly Millis[] {
  if (fate.type === 'line-lost') return [fate.from, fate.to]
  if (fate.type !== 'gateway-lost') return []
  return fate.to === undefined ? [fate.at] : [fate.at, fate.to]
}

async function* until(home: MadeUpHome, from: Millis, to: Millis): AsyncGenerator<Reading> {
  for (const reading of live(home, from)) {
    // One whose clock is wrong may say so of an hour ago.
    if (reading.at > to) return
    yield reading
  }
}
