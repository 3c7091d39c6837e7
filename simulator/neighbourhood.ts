import {
  NO_CONTACTS,
  type Device,
  type Gateway,
  type Household,
  type Person,
  type Tier,
} from '../schemas/household.ts'
import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { type Home, live } from './life.ts'
import { startOfDay } from './local-time.ts'
import { PERSONAS, type Persona } from './persona.ts'
import { between, seeded } from './random.ts'
import { ROOMS, type Room } from './routine.ts'
import type { Appliance } from './appliances.ts'
import { sensorsOf } from './sensors.ts'
import { type Story, tell } from './story.ts'

/** Who lives in a household: the made-up counterpart of what the store seals. */
export type Resident = {
  readonly household: string
  readonly name: string
  readonly address: string
  readonly phone: string
}

/** A neighbourhood to watch, all of it made up. */
export type Neighbourhood = {
  readonly households: readonly Household[]
  readonly gateways: readonly Gateway[]
  readonly devices: readonly Device[]
  readonly people: readonly Person[]
  readonly residents: readonly Resident[]
  readonly story: Story
  /** What a household's sensors say from an instant on: lazily, in order of time, without an end. */
  readonly readings: (household: string, from: Millis) => Iterable<Reading>
}

/**
 * Twenty-four households of three neighbourhoods. The same seed and day give the same bytes. `firstDay` is
 * any instant of the first local day of the past.
 */
export function neighbourhood(
  seed: number,
  firstDay: Millis,
  timeZone = 'Asia/Seoul',
): Neighbourhood {
  const story = tell(startOfDay(firstDay, timeZone), timeZone, BEFALLEN)
  const homes = LIVES.map((life, i) => homeOf(life, i, { seed, timeZone, story }))
  return {
    households: LIVES.map(({ tier }, i) => householdOf(tier, i, timeZone)),
    gateways: homes.map(({ household }, i) => ({ gateway: gatewayId(i), household })),
    devices: homes.flatMap(({ sensors }) => sensors.map(({ device }) => device)),
    people: PEOPLE,
    residents: homes.map(({ household }, i) => residentOf(household, i)),
    story,
    readings(household, from) {
      const home = homes.find((each) => each.household === household)
      if (!home) throw new Error(`no household ${household} in this neighbourhood`)
      return live(home, from)
    },
  }
}

const OFFICE = '별빛구청'

// No such neighbourhood exists, and the planners' given names are the Korean words for "example" and "sample".
const DONGS = [
  { dong: '솔빛동', planner: 'planner-solbit', name: '김예시' },
  { dong: '윤슬동', planner: 'planner-yunseul', name: '이견본' },
  { dong: '새봄동', planner: 'planner-saebom', name: '박보기' },
] as const

const PEOPLE: readonly Person[] = [
  ...DONGS.map(({ planner, name }) => staff(planner, name, 'planner')),
  staff('duty-1', '최당직', 'duty'),
  staff('supervisor-1', '정감독', 'supervisor'),
  staff('technician-1', '한수리', 'technician'),
]

function staff(person: string, name: string, role: Person['role']): Person {
  return { person, name, role, office: OFFICE, ...NO_CONTACTS, email: `${person}@example.org` }
}

type Life = { readonly persona: keyof typeof PERSONAS; readonly tier: Tier }

const LIVES: readonly Life[] = [
  { persona: 'tidyRoutine', tier: 'mid' },
  { persona: 'ordinary', tier: 'low' },
  { persona: 'homebody', tier: 'high' }, // dies
  { persona: 'earlyRiser', tier: 'mid' },
  { persona: 'nightOwl', tier: 'mid' },
  { persona: 'ordinary', tier: 'high' }, // the gateway is lost
  { persona: 'seldomHome', tier: 'low' },
  { persona: 'restlessSleeper', tier: 'mid' },
  { persona: 'earlyRiser', tier: 'high' },
  { persona: 'ordinary', tier: 'mid' }, // goes on a trip
  { persona: 'stillDays', tier: 'high' },
  { persona: 'tidyRoutine', tier: 'low' }, // a battery dies
  { persona: 'homebody', tier: 'mid' },
  { persona: 'nightOwl', tier: 'low' },
  { persona: 'ordinary', tier: 'mid' },
  { persona: 'seldomHome', tier: 'mid' },
  { persona: 'restlessSleeper', tier: 'high' },
  { persona: 'ordinary', tier: 'low' },
  { persona: 'earlyRiser', tier: 'low' },
  { persona: 'stillDays', tier: 'mid' },
  { persona: 'tidyRoutine', tier: 'mid' },
  { persona: 'homebody', tier: 'low' },
  { persona: 'nightOwl', tier: 'high' },
  { persona: 'ordinary', tier: 'mid' },
]

const BEFALLEN = {
  dies: householdId(2),
  'gateway-lost': householdId(5),
  trip: householdId(9),
  'battery-dies': householdId(11),
} as const

function householdId(i: number): string {
  return `home-${String(i + 1).padStart(2, '0')}`
}

function gatewayId(i: number): string {
  return `gw-${String(i + 1).padStart(2, '0')}`
}

/** Where home `i` stands: eight to a dong. */
const placeOf = (i: number) => ({ ...(DONGS[Math.floor(i / 8)] ?? DONGS[0]), number: (i % 8) + 1 })

function householdOf(tier: Tier, i: number, timeZone: string): Household {
  const { dong, planner, number } = placeOf(i)
  return {
    household: householdId(i),
    office: OFFICE,
    alias: `${dong} ${number}호`,
    dong,
    timeZone,
    tier,
    planner,
  }
}

const SURNAMES = '김이박최정강조윤장임한오서신권황안송류홍전고문양'

// 가명 means "alias", and no number in Korea begins with 010-0000.
function residentOf(household: string, i: number): Resident {
  const { dong, number } = placeOf(i)
  return {
    household,
    name: `${SURNAMES.charAt(i)}가명`,
    address: `별빛구 ${dong} 가상로 ${number}`,
    phone: `010-0000-${String(i + 1).padStart(4, '0')}`,
  }
}

type Setting = { readonly seed: number; readonly timeZone: string; readonly story: Story }

function homeOf({ persona }: Life, i: number, { seed, timeZone, story }: Setting): Home {
  const household = householdId(i)
  const isTold = story.fates.some((fate) => fate.household === household)
  const rooms: readonly Room[] = ROOMS.filter((room) => room !== 'entrance' || i % 3 !== 0)
  const plugs: readonly Appliance[] = i % 4 === 3 ? ['tv', 'fridge'] : ['kettle', 'tv', 'fridge']
  return {
    household,
    seed,
    timeZone,
    persona: ownHours(
      { ...PERSONAS[persona], ...AT_HOME, ...(isTold ? UNDISTURBED : {}) },
      seed,
      i,
    ),
    sensors: sensorsOf(gatewayId(i), rooms, plugs),
    fate: story.fates.filter((fate) => fate.household === household),
  }
}

// These weeks nobody travels or lies ill, so that whoever is missed in the story is missed because of it.
const AT_HOME = { trips: 0, festivalTrips: 0, illnesses: 0 } as const
// And where something is to be told, nobody comes and nobody naps.
const UNDISTURBED = { naps: 0, visits: [] } as const

// No two early risers rise at the same minute.
function ownHours(persona: Persona, seed: number, i: number): Persona {
  const random = seeded(seed, i, 'persona')
  return {
    ...persona,
    rises: persona.rises + between(random, -25, 25),
    retires: persona.retires + between(random, -25, 25),
  }
}
