/** How somebody lives. Times of the day in minutes after midnight, durations in minutes, chances from 0 to 1. */
export type Persona = {
  /** When they usually get up, and go to bed (over 1440: after midnight). */
  readonly rises: number
  readonly retires: number
  /** By how much each of these varies from day to day (standard deviation). */
  readonly varies: number
  /** How much later everything is at the weekend. */
  readonly weekendLater: number
  /** Walks to the toilet in a night, on average. */
  readonly nightWalks: number
  /** Between two movements in bed, on average. */
  readonly turnsEvery: number
  /** Between two movements in a chair, on average; walking about is quicker by the same measure. */
  readonly stirsEvery: number
  readonly outings: readonly Outing[]
}

/** Somewhere they go: around `leaves`, for about `lasts`. */
export type Outing = {
  readonly leaves: number
  readonly lasts: number
  readonly weekday: number
  readonly weekend: number
}

const clock = (hours: number, minutes = 0): number => hours * 60 + minutes

const ORDINARY: Persona = {
  rises: clock(6, 40),
  retires: clock(22, 30),
  varies: 20,
  weekendLater: 15,
  nightWalks: 1.2,
  turnsEvery: 70,
  stirsEvery: 8,
  outings: [
    { leaves: clock(10, 20), lasts: 90, weekday: 0.6, weekend: 0.4 },
    { leaves: clock(15), lasts: 70, weekday: 0.3, weekend: 0.3 },
  ],
}

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
  seldomHome: {
    ...ORDINARY,
    weekendLater: 60,
    outings: [
      { leaves: clock(8, 30), lasts: 420, weekday: 0.9, weekend: 0.25 },
      { leaves: clock(18, 30), lasts: 120, weekday: 0.35, weekend: 0.6 },
    ],
  },
  restlessSleeper: { ...ORDINARY, nightWalks: 3.5, turnsEvery: 22, varies: 35 },
  tidyRoutine: { ...ORDINARY, rises: clock(6), retires: clock(22), varies: 6, weekendLater: 0 },
  /** Home almost always, up and about all day: whoever knows them would notice within hours. */
  homebody: {
    ...ORDINARY,
    varies: 10,
    stirsEvery: 4,
    outings: [{ leaves: clock(9, 40), lasts: 45, weekday: 0.5, weekend: 0.2 }],
  },
  /** Long hours in the same chair: the hard case for every fixed limit. */
  stillDays: { ...ORDINARY, stirsEvery: 22, nightWalks: 2, varies: 30, outings: [] },
} as const satisfies Record<string, Persona>
