/** How somebody lives. Times of the day in minutes after midnight, durations in minutes, chances from 0 to 1. */
export type Persona = {
  /** Where its figures are from; what of them is measured nowhere is called assumed. */
  readonly source: string
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
 * Somebody of 65 or more. 1.4 walks at night lie between 1.31 (women) and 1.61 (men of 70 to 79: Fourcade et al.); of
 * the shifts of position (Skarpsno et al.) a PIR sees a part, and of arm and leg as many again. The set is on for more
 * than the 4 h 06 min of all media, for it is on during meals.
 */
const ORDINARY: Persona = {
  source:
    '통계청 생활시간조사 2019, 65세 이상, 평일: 22:20 to bed and 06:01 up, at weekends up some ten minutes later; 2024: media 4 h 06 min a day. Fourcade et al. 2001, Prog Urol 11: 1251 (walks at night). Skarpsno et al. 2017, 10.2147/NSS.S145777 (1.6 shifts of position an hour). Assumed: at weekends as much later to bed; outings, visits, journeys, naps, illnesses',
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

/** Lives as the ordinary one does but for this, which is from `source`. */
const but = (source: string, differs: Partial<Omit<Persona, 'source'>>): Persona => ({
  ...ORDINARY,
  ...differs,
  source,
})

const daily = [0, 1, 2, 3, 4, 5, 6]

/** People as a welfare planner knows them. All are made up. */
export const PERSONAS = {
  ordinary: ORDINARY,
  earlyRiser: but('Assumed: an hour and ten minutes before the ordinary, and more regular', {
    rises: clock(4, 50),
    retires: clock(20, 50),
    varies: 14,
  }),
  nightOwl: but('Assumed: half past ten to twenty to two, and less regular', {
    rises: clock(10, 30),
    retires: clock(25, 40),
    varies: 40,
    outings: [{ leaves: clock(17), lasts: 120, weekday: 0.5, weekend: 0.5 }],
  }),
  /** At work by day, and often out in the evening. */
  seldomHome: but(
    '통계청 생활시간조사 2024: 34.4 % of those over 65 work. Assumed: their hours, evenings out, more journeys',
    {
      weekendLater: 60,
      outings: [
        { leaves: clock(8, 30), lasts: 420, weekday: 0.9, weekend: 0.25 },
        { leaves: clock(18, 30), lasts: 120, weekday: 0.35, weekend: 0.6 },
      ],
      trips: 18,
    },
  ),
  restlessSleeper: but(
    '통계청 생활시간조사 2024: 19.6 % of those over 60 could not get to sleep. Lee et al. 2012, 10.4111/kju.2012.53.4.263: 56 % of Korean men over 65 are up twice or more. Assumed: three and a half times, more turns and naps',
    { nightWalks: 3.5, turnsEvery: 12, varies: 35, naps: 0.6 },
  ),
  tidyRoutine: but('Assumed: the ordinary hours, kept to some six minutes', {
    rises: clock(6),
    retires: clock(22),
    varies: 6,
    weekendLater: 0,
  }),
  /** Whoever knows them would notice within hours. */
  homebody: but('Assumed: home almost always, up and about all day', {
    varies: 10,
    stirsEvery: 4,
    naps: 0,
    outings: [{ leaves: clock(9, 40), lasts: 45, weekday: 0.5, weekend: 0.2 }],
    trips: 0,
    festivalTrips: 0,
  }),
  /** The hard case for every fixed limit. */
  stillDays: but('Assumed: long hours in the same chair, and nobody to go to', {
    stirsEvery: 22,
    nightWalks: 2,
    varies: 30,
    naps: 0.7,
    watches: 0.7,
    outings: [],
    trips: 0,
    festivalTrips: 0.1,
  }),
  nightWorker: but('Assumed: a guard or a cleaner of the night, five nights a week', {
    outings: [],
    shifts: ['night', 'night', 'night', 'night', 'night', 'off', 'off'],
  }),
  shiftWorker: but('Assumed: two days, two nights, two off (6일 주기 교대)', {
    outings: [{ leaves: clock(15), lasts: 90, weekday: 0.3, weekend: 0.3 }],
    shifts: ['day', 'day', 'night', 'night', 'off', 'off'],
  }),
  bedBound: but(
    'Assumed: somebody comes in the morning, at noon and in the evening (방문요양), 90 minutes each',
    {
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
  ),
  nightWanderer: but(
    'Jeong et al. 2023, J Psychiatry Psychiatric Disord 7: 38-45: 27.5 % of 236 patients with dementia had been missing before. Assumed: three nights a week of walking about, one walk in seven out of the door',
    {
      varies: 50,
      nightWalks: 2.2,
      wanders: 3,
      outings: [{ leaves: clock(14), lasts: 50, weekday: 0.4, weekend: 0.3 }],
      visits: [{ days: daily, comes: clock(10), stays: 120, chance: 0.8 }],
      trips: 0,
      festivalTrips: 0.1,
    },
  ),
  drinker: but(
    '질병관리청, 국민건강영양조사 기반의 음주 심층보고서 2023: of men who drink, 23.6 % have seven glasses or more twice a week or oftener. Assumed: three nights a week, and what they do to the day after',
    {
      rises: clock(8),
      retires: clock(24),
      varies: 55,
      drinks: 3,
      outings: [{ leaves: clock(17), lasts: 150, weekday: 0.5, weekend: 0.5 }],
      visits: [],
      festivalTrips: 0.1,
    },
  ),
  catOwner: but('Assumed: the ordinary one, with a cat that is seen by every sensor', {
    cat: true,
  }),
  robotOwner: but('Assumed: the ordinary one, with a robot that cleans at ten', { robot: true }),
  caredFor: but(
    '노인맞춤돌봄서비스, 중점돌봄군: 16 to 40 hours a month. Assumed: twice a week, two hours each; slower than the ordinary',
    {
      stirsEvery: 12,
      nightWalks: 2.2,
      outings: [{ leaves: clock(10), lasts: 60, weekday: 0.3, weekend: 0.2 }],
      visits: [{ days: [1, 4], comes: clock(14), stays: 120, chance: 0.95 }],
      trips: 1,
      festivalTrips: 0.15,
    },
  ),
} satisfies Record<string, Persona>

/** The name of somebody as above. */
export type PersonaName = keyof typeof PERSONAS
