import type { Tier } from '../schemas/household.ts'
import type { Appliance } from './appliances.ts'
import type { Fate } from './fate.ts'
import type { Home } from './life.ts'
import { PERSONAS, type Persona, type PersonaName } from './persona.ts'
import { type Random, between, happens, oneOf, seeded } from './random.ts'
import { ROOMS } from './routine.ts'
import { type Eyesight, type Sensor, mainsOf, sensorsOf, sosOf } from './sensors.ts'

/** What is installed in homes. */
export const KITS = ['full', 'motion', 'plugs', 'mains'] as const
export type Kit = (typeof KITS)[number]

/** Which home to make up. What is not given is drawn. */
export type HomeOptions = {
  readonly seed: number
  /** Its place in the district, from 1 on. */
  readonly number: number
  readonly timeZone?: string
  readonly persona?: PersonaName
  readonly kit?: Kit
  readonly fate?: readonly Fate[]
}

/** A made-up home, what it is and how much it is at risk. */
export type MadeUpHome = Home & {
  readonly gateway: string
  readonly tier: Tier
  readonly name: PersonaName
  readonly kit: Kit
}

/**
 * The home of this number in the district of this seed: somebody like one of the personas, with hours and habits
 * of their own, and sensors that see as well as they happen to be placed. The same to the byte wherever it is made.
 */
export function homeOf(options: HomeOptions): MadeUpHome {
  const { seed, number, timeZone = 'Asia/Seoul', fate = [] } = options
  const random = seeded(seed, 'home', number)
  const name = options.persona ?? drawn(random, PREVALENCE)
  const kit = options.kit ?? drawn(random, INSTALLED)
  const digits = String(number).padStart(5, '0')
  const gateway = `gw-${digits}`
  return {
    household: `home-${digits}`,
    gateway,
    seed,
    timeZone,
    name,
    kit,
    tier: oneOf(random, 'high', 'mid', 'mid', 'low'),
    persona: own(PERSONAS[name], random),
    sensors: [
      ...equip(gateway, kit, random),
      ...(fate.some(({ type }) => type === 'calls') ? [sosOf(gateway)] : []),
    ],
    fate,
  }
}

/** How common each persona is among those who are watched, in percent: assumed. */
const PREVALENCE: Readonly<Record<PersonaName, number>> = {
  ordinary: 18,
  earlyRiser: 12,
  tidyRoutine: 8,
  homebody: 8,
  seldomHome: 8,
  restlessSleeper: 10,
  nightOwl: 6,
  stillDays: 7,
  caredFor: 7,
  nightWorker: 2,
  shiftWorker: 2,
  bedBound: 1,
  nightWanderer: 2,
  drinker: 4,
  catOwner: 4,
  robotOwner: 1,
}

// Motion and doors as 응급안전안심 installs them, plugs as 스마트플러그, the meter as AMI. In percent, assumed.
const INSTALLED: Readonly<Record<Kit, number>> = { full: 40, motion: 30, plugs: 20, mains: 10 }

function drawn<T extends string>(random: Random, shares: Readonly<Record<T, number>>): T {
  const names = Object.keys(shares).filter((name): name is T => Object.hasOwn(shares, name))
  let left = random() * names.reduce((sum, name) => sum + shares[name], 0)
  const found = names.find((name) => (left -= shares[name]) < 0) ?? names[0]
  if (found === undefined) throw new Error('nothing to draw from')
  return found
}

// No two early risers rise at the same minute, or sit as still.
function own(persona: Persona, random: Random): Persona {
  const later = between(random, -40, 40)
  return {
    ...persona,
    rises: persona.rises + later,
    retires: persona.retires + later + between(random, -20, 20),
    varies: persona.varies * between(random, 0.6, 1.6),
    stirsEvery: persona.stirsEvery * between(random, 0.7, 1.5),
    turnsEvery: persona.turnsEvery * between(random, 0.6, 1.7),
    nightWalks: persona.nightWalks * between(random, 0.5, 1.5),
    naps: persona.naps * between(random, 0, 2),
    trips: persona.trips * between(random, 0, 2),
  }
}

// What hangs on which meter and plug, and how often, is assumed.
const ALWAYS = ['kettle', 'rice', 'microwave', 'hairdryer', 'tv', 'blanket'] as const

function equip(gateway: string, kit: Kit, random: Random): readonly Sensor[] {
  const eyesight = eyesightOf(random)
  const fridge = happens(random, 0.3) ? 'old-fridge' : 'fridge'
  const extras: readonly Appliance[] = happens(random, 0.25) ? ['rice'] : []
  if (kit === 'mains') {
    const some: readonly Appliance[] = happens(random, 0.6) ? ['bidet', 'hob'] : ['hob']
    return [mainsOf(gateway, [...ALWAYS, ...some, fridge])]
  }
  const rooms = ROOMS.filter((room) => room !== 'entrance' || happens(random, 0.6))
  const plugs = ['tv', oneOf(random, 'kettle', 'microwave'), fridge, ...extras] as const
  if (kit === 'motion') return sensorsOf(gateway, rooms, [], eyesight)
  const sensors = sensorsOf(gateway, rooms, plugs, eyesight)
  return kit === 'plugs' ? sensors.filter(({ sees }) => sees.type === 'plug') : sensors
}

// How well sensors are placed, and how many doors are missed, is assumed.
function eyesightOf(random: Random): Eyesight {
  return {
    fields: {
      // Seen from the side, over a blanket.
      bedroom: between(random, 0.15, 0.8),
      living: between(random, 0.6, 1),
      kitchen: between(random, 0.7, 1),
      bathroom: between(random, 0.7, 1),
      entrance: between(random, 0.7, 1),
    },
    // Aqara's; what Zigbee2MQTT waits before it says that all is quiet; IKEA's.
    blind: oneOf(random, 60, 60, 90, 97) * 1000,
    misses: happens(random, 0.2) ? between(random, 0.02, 0.15) : 0.005,
  }
}
