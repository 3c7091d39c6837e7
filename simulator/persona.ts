/** How somebody lives. Times of the day in minutes after midnight, durations in minutes, chances from 0 to 1. */
export type Persona = {
  /** When they usually get up, and go to bed (over 1440: after midnight). */
  readonly rises: number
  readonly retires: number
  /** By how much each of these varies from day to day (standard deviation). */
  readonly varies: number
  /** How much later everything is on days of rest. */
  readonly weekendLater: number
  /** Walks to the toilet in a night, on average. */
  readonly nightWalks: number
  /** Between two bouts of movement in bed, on average. */
  readonly turnsEvery: number
  /** Between two bouts of movement in a chair, on average; walking about is quicker by the same measure. */
  readonly stirsEvery: number
  /** The chance of a nap after lunch. */
  readonly naps: number
  /** Which share of idle time passes before the television, nearly. */
  readonly watches: number
  readonly outings: readonly Outing[]
  readonly visits: readonly Visit[]
  /** Nights away in a year, holidays apart, and the chance to travel at 설날 or 추석. */
  readonly trips: number
  readonly festivalTrips: number
  /** Illnesses in a year that keep them in bed for days. */
  readonly illnesses: number
  /** Nights a week of drink: late to bed, deeply asleep, up at noon. */
  readonly drinks: number
  /** Nights a week of walking about without an aim. */
  readonly wanders: number
  /** Whether they do not leave their bed. */
  readonly bedbound: boolean
  /** What they work, day after day from Monday on; empty: they do not. */
  readonly shifts: readonly ('day' | 'night' | 'off')[]
  /** What else moves in the home. */
  readonly cat: boolean
  readonly robot: boolean
}

/** Somewhere they go: around `leaves`, for about `lasts`. */
export type Outing = {
  readonly leaves: number
  readonly lasts: number
  readonly weekday: number
  readonly weekend: number
}

/** Somebody who comes around `comes`, for about `stays`, on these days of the week (0: Monday). */
export type Visit = {
  readonly days: readonly number[]
  readonly comes: number
  readonly stays: number
  readonly chance: number
}

const clock = (hours: number, minutes = 0): number => hours * 60 + minutes

/**
 * Somebody of 65 or more. Asleep from 22:20 to 06:01 on weekdays, some ten minutes later on days of rest, and
 * four hours a day before the television: 통계청 생활시간조사 2019 and 2024 (65세 이상). Out of bed at night 1.4
 * times: 76 % once, 37 % twice, 17 % three times or more (World J Urol 2018, 10.1007/s00345-018-2329-0). 1.6
 * shifts of position an hour asleep (Skarpsno et al. 2017, 10.2147/NSS.S145777), of which a PIR sees a part.
 */
const ORDINARY: Persona = {
  rises: clock(6, 1),
  retires: clock(22, 20),
  varies: 25,
  weekendLater: 9,
  nightWalks: 1.4,
  turnsEvery: 19,
  stirsEvery: 9,
  naps: 0.35,
  watches: 0.42,
  outings: [
    { leaves: clock(10, 20), lasts: 90, weekday: 0.6, weekend: 0.4 },
    { leaves: clock(15), lasts: 70, weekday: 0.3, weekend: 0.3 },
  ],
  visits: [{ days: [5, 6], comes: clock(11, 30), stays: 150, chance: 0.12 }],
  trips: 6,
  festivalTrips: 0.35,
  illnesses: 1.5,
  drinks: 0,
  wanders: 0,
  bedbound: false,
  shifts: [],
  cat: false,
  robot: false,
}

const daily = [0, 1, 2, 3, 4, 5, 6]

/** People as a welfare planner knows them. All are made up. */
export const PERSONAS = {
  ordinary: ORDINARY,
  earlyRiser: { ...ORDINARY, rises: clock(4, 50), retires: clock(20, 50), varies: 14 },
  nightOwl: {
    ...ORDINARY,
    rises: clock(10, 30),
    retires: clock(25, 40),
    varies: 40,
    outings: [{ leaves: clock(17), lasts: 120, weekday: 0.5, weekend: 0.5 }],
  },
  /** At work by day, as 34 % of those over 65 are (생활시간조사 2024), and often out in the evening. */
  seldomHome: {
    ...ORDINARY,
    weekendLater: 60,
    outings: [
      { leaves: clock(8, 30), lasts: 420, weekday: 0.9, weekend: 0.25 },
      { leaves: clock(18, 30), lasts: 120, weekday: 0.35, weekend: 0.6 },
    ],
    trips: 18,
  },
  /** One in five over 60 cannot sleep well (생활시간조사 2024: 19.6 %). */
  restlessSleeper: { ...ORDINARY, nightWalks: 3.5, turnsEvery: 12, varies: 35, naps: 0.6 },
  tidyRoutine: { ...ORDINARY, rises: clock(6), retires: clock(22), varies: 6, weekendLater: 0 },
  /** Home almost always, up and about all day: whoever knows them would notice within hours. */
  homebody: {
    ...ORDINARY,
    varies: 10,
    stirsEvery: 4,
    naps: 0,
    outings: [{ leaves: clock(9, 40), lasts: 45, weekday: 0.5, weekend: 0.2 }],
    trips: 0,
    festivalTrips: 0,
  },
  /** Long hours in the same chair: the hard case for every fixed limit. */
  stillDays: {
    ...ORDINARY,
    stirsEvery: 22,
    nightWalks: 2,
    varies: 30,
    naps: 0.7,
    watches: 0.7,
    outings: [],
    trips: 0,
    festivalTrips: 0.1,
  },
  /** A guard or a cleaner of the night, five nights a week. */
  nightWorker: {
    ...ORDINARY,
    outings: [],
    shifts: ['night', 'night', 'night', 'night', 'night', 'off', 'off'],
  },
  /** Two days, two nights, two off: 6일 주기 교대. */
  shiftWorker: {
    ...ORDINARY,
    outings: [{ leaves: clock(15), lasts: 90, weekday: 0.3, weekend: 0.3 }],
    shifts: ['day', 'day', 'night', 'night', 'off', 'off'],
  },
  /** Cared for in bed: somebody comes in the morning, at noon and in the evening (방문요양). */
  bedBound: {
    ...ORDINARY,
    bedbound: true,
    stirsEvery: 14,
    turnsEvery: 35,
    nightWalks: 0.05,
    outings: [],
    visits: [clock(8), clock(12), clock(17, 30)].map((comes) => ({
      days: daily,
      comes,
      stays: 90,
      chance: 0.97,
    })),
    trips: 0,
    festivalTrips: 0,
  },
  /** Dementia: 27.5 % of 236 patients had already been lost once (Jeong et al. 2023, JPPD 7: 38-45). */
  nightWanderer: {
    ...ORDINARY,
    varies: 50,
    nightWalks: 2.2,
    wanders: 3,
    outings: [{ leaves: clock(14), lasts: 50, weekday: 0.4, weekend: 0.3 }],
    visits: [{ days: daily, comes: clock(10), stays: 120, chance: 0.8 }],
    trips: 0,
    festivalTrips: 0.1,
  },
  drinker: {
    ...ORDINARY,
    rises: clock(8),
    retires: clock(24),
    varies: 55,
    drinks: 3,
    outings: [{ leaves: clock(17), lasts: 150, weekday: 0.5, weekend: 0.5 }],
    visits: [],
    festivalTrips: 0.1,
  },
  catOwner: { ...ORDINARY, cat: true },
  robotOwner: { ...ORDINARY, robot: true },
  /** Twice a week a care worker, two hours each: 노인맞춤돌봄서비스. */
  caredFor: {
    ...ORDINARY,
    stirsEvery: 12,
    nightWalks: 2.2,
    outings: [{ leaves: clock(10), lasts: 60, weekday: 0.3, weekend: 0.2 }],
    visits: [{ days: [1, 4], comes: clock(14), stays: 120, chance: 0.95 }],
    trips: 1,
    festivalTrips: 0.15,
  },
} as const satisfies Record<string, Persona>

/** The name of somebody as above. */
export type PersonaName = keyof typeof PERSONAS
