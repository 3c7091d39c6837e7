import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { lastProof } from '../core/power.ts'
import { type KnownDevice, devicesOf } from '../store/gateways.ts'
import type { Patience } from './patience.ts'
import type { Meter } from './sort.ts'

/**
 * What is known of a gateway: its home (0 while it has no device), its devices, and when they were asked for, in real ms;
 * `heardAt`: when it was last put on record that the gateway speaks.
 */
export type Home = {
  readonly household: number
  readonly meters: Map<string, Meter>
  loaded: number
  heardAt: Millis
}

/** The gateways that have spoken, and their devices. */
export type Homes = {
  /** What is known of a gateway; a promise only when it has to be asked for. */
  readonly of: (gateway: string) => Home | Promise<Home>
  /** Asks anew when it is long ago; sooner when it has said something of a device that nobody has `unassigned`. */
  readonly refresh: (gateway: string, home: Home, unassigned: boolean) => void
  readonly forget: (gateway: string) => void
}

const RELOAD = 10_000
const STALE = 60_000

/** Opens what is known of the gateways; nothing yet. */
export function openHomes(pool: pg.Pool, { persist }: Patience): Homes {
  const homes = new Map<string, Home | Promise<Home>>()
  // What machines do and meters hold is the same after a new connection; what they last showed may be long ago.
  const left = new Map<string, Home['meters']>()
  const leave = (gateway: string, { meters }: Home): void => {
    const learning = [...meters].filter(
      ([, { machines, hold }]) => machines.length > 0 || hold !== null,
    )
    if (learning.length === 0) return
    left.set(gateway, new Map(learning.map(([uid, meter]) => [uid, { ...meter, previous: null }])))
  }
  const load = (gateway: string): Promise<Home> => {
    const before = left.get(gateway)
    left.delete(gateway)
    const loading = persist(() => loadHome(pool, gateway, before))
    homes.set(gateway, loading)
    // Unless it was forgotten meanwhile. A failed look-up is not remembered, nor is a home without devices: the
    // gateway has said that it is there, and the next moment somebody assigns what stands at it.
    const settle = (home: Home | null) => {
      if (homes.get(gateway) !== loading) return
      if (home && home.meters.size > 0) homes.set(gateway, home)
      else homes.delete(gateway)
    }
    loading.then(settle, () => settle(null))
    return loading
  }
  return {
    of: (gateway) => homes.get(gateway) ?? load(gateway),
    refresh(gateway, home, unassigned) {
      // Somebody may have assigned them meanwhile, or corrected what they are: ask again, but not every time.
      if (performance.now() - home.loaded < (unassigned ? RELOAD : STALE)) return
      home.loaded = performance.now()
      // While the store is away what is known still holds.
      loadHome(pool, gateway, home.meters).then(
        (newer) => homes.get(gateway) === home && homes.set(gateway, newer),
        () => undefined,
      )
    },
    forget(gateway) {
      const home = homes.get(gateway)
      homes.delete(gateway)
      if (home && !(home instanceof Promise)) leave(gateway, home)
    },
  }
}

async function loadHome(
  pool: pg.Pool,
  gateway: string,
  before: ReadonlyMap<string, Meter> = new Map(),
): Promise<Home> {
  const loaded = performance.now()
  const devices = await devicesOf(pool, gateway)
  const meters = devices.map((device): [string, Meter] => {
    const kept = { keptProof: lastProof(device.machines), keptDay: device.hold?.day ?? 0 }
    // It is stored when something begins to run, or does no more: what was on for a moment then is long off.
    const load = device.load && { ...device.load, since: device.running }
    const fresh = { ...device, load, previous: null, ran: [] }
    return [device.uid, { ...fresh, ...knownOf(device, before), ...kept }]
  })
  const household = devices[0]?.householdId ?? 0
  return { household, meters: new Map(meters), loaded, heardAt: 0 }
}

// What is known of it elsewhere is not true of it here.
function knownOf(
  { uid, placed }: KnownDevice,
  before: ReadonlyMap<string, Meter>,
): Partial<Pick<Meter, 'previous' | 'machines' | 'hold' | 'load' | 'ran'>> {
  const known = before.get(uid)
  if (known?.placed !== placed) return {}
  const { previous, machines, hold, load, ran } = known
  return { previous, machines, hold, load, ran }
}
