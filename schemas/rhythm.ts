import { z } from 'zod'

const Halves = z.array(z.number().nonnegative()).length(48)

/**
 * One kind of day in 48 half hours of local time: how many quarter hours of each were watched, and in how many of
 * those there was a sign of life. Old days count less (half-life 21 days), so these are no whole numbers.
 */
const DayClass = z.object({ active: Halves, days: Halves })

/** A stretch of time in quarter hours: its start since the Unix epoch, and its length. */
const Stretch = z.tuple([z.int().nonnegative(), z.int().nonnegative()])
export type Stretch = z.infer<typeof Stretch>

/** How surprising a home's silences become, in nats: see `core/tail.ts`. */
export const Tail = z.object({ level: z.number(), scale: z.number().positive() })
export type Tail = z.infer<typeof Tail>

/**
 * `going`: the sensors that have spoken in every such stretch of the clock up to now, by slot, since which since the epoch, and
 * the last one; `longest`: of the last 60 days, in which one did for more than 20 hours: each longer than all after it.
 */
const Tireless = z.object({
  going: z
    .array(z.tuple([z.int().min(0).max(30), z.int().nonnegative(), z.int().nonnegative()]))
    .max(31),
  longest: z.array(Stretch).max(6),
})
const RESTED = { going: [], longest: [] }

const Habits = z.object({
  /** The last quarter hour that was learnt, since the epoch, or null before the first. It held a sign of life. */
  until: z.int().nonnegative().nullable(),
  /** Whether the exit door was used in that quarter hour. */
  byExit: z.boolean(),
  /** The local day up to which old days have been discounted, since 1970-01-01. */
  day: z.int(),
  weekday: DayClass,
  rest: DayClass,
  /**
   * The silences at home of the last 60 days that lasted `least` quarter hours and more, in pairs: quarter hours from
   * the start of the one before (of the first one: since the epoch), and length. At most 200: then `least` rises.
   */
  silences: z.array(z.int().nonnegative()).max(400),
  least: z.int().positive(),
  /**
   * Which of them something ran through that no machine switches (see `core/draw.ts`): thirty to a number, a bit each from the
   * lowest on. Null: no meter tells.
   */
  ran: z.array(z.int().nonnegative()).max(7).nullable().default(null),
  /** Of each of the last 60 days with a sign of life, how surprising its silences became by what was known that morning. */
  peaks: z.array(z.number().nonnegative()).max(60),
  /** The longest absences of the last 60 days: each longer than all after it. */
  absences: z.array(Stretch).max(12),
  /**
   * On how many days there was a sign of life, and how many silences of those days that no use of the exit door began were
   * taken for journeys (16 hours and more) and for day trips (see `core/journey.ts`); `running`: those of them that something
   * ran through. Half-life a year, so these are no whole numbers.
   */
  gone: z.object({
    days: z.number().nonnegative(),
    journeys: z.number().nonnegative(),
    trips: z.number().nonnegative(),
    running: z
      .object({ journeys: z.number().nonnegative(), trips: z.number().nonnegative() })
      .default({ journeys: 0, trips: 0 }),
  }),
  /** How what the passings of a motion sensor at the entrance began has ended (`core/entrance.ts`). Half-life 21 days. */
  passings: z.object({ out: z.number().nonnegative(), inside: z.number().nonnegative() }),
  /** The last quarter hour in which the exit was used, by its contact or past a motion sensor there, or null: nothing sees it. */
  door: z.int().nonnegative().nullable(),
  /** Which sensor, by its slot, speaks alone since which quarter hour; null while several do. */
  alone: z.object({ slot: z.int().min(0).max(30), since: z.int().nonnegative() }).nullable(),
  /** The longest stretches of the last 60 days in which one sensor spoke alone: each longer than all after it. */
  lone: z.array(Stretch).max(6),
  /**
   * Which sensors go on without a rest (`core/restless.ts`), told by half hours and by two hours; `rest`: in this home by half
   * hours alone (1), or by four of them too (4).
   */
  tireless: z
    .object({ rest: z.union([z.literal(1), z.literal(4)]), half: Tireless, slow: Tireless })
    .default({ rest: 1, half: RESTED, slow: RESTED }),
  /** The last quarter hour in which somebody walked about, or used the exit, or was back; null: nobody was heard yet. */
  company: z.int().nonnegative().nullable(),
  /** How people walk about in the home (`core/walking.ts`). */
  walking: z
    .object({
      /** How many signs of life inside it gave on so many days. Half-life 21 days. */
      signs: z.number().nonnegative(),
      days: z.number().nonnegative(),
      /** How many stretches without a sign that a use of the exit began ended by it, and inside. Half-life 21 days. */
      byDoor: z.number().nonnegative().default(0),
      inside: z.number().nonnegative().default(0),
      /** So many of them in a quarter hour tell that somebody walks about; null: not known yet. */
      least: z.int().positive().nullable(),
      /** So many in two quarter hours bring back whoever was seen to leave; null: one does. */
      back: z.int().positive().nullable(),
      /** Of each of the last 60 days with a sign of life, the longest pause that a walk ended, in quarter hours; 0: there was none. */
      pauses: z.array(z.int().nonnegative()).max(60),
      /** How many signs inside this day has had so far, and each of the last 60 days; -1: somebody was gone for some of it. */
      today: z.int().min(-1).default(-1),
      totals: z.array(z.int().min(-1)).max(60).default([]),
      /** Fewer of them than so many in 24 hours are nobody's (`core/scant.ts`); null: not known, or other rules tell. */
      few: z.int().positive().nullable().default(null),
    })
    .default({
      signs: 0,
      days: 0,
      byDoor: 0,
      inside: 0,
      least: null,
      back: null,
      pauses: [],
      today: -1,
      totals: [],
      few: null,
    }),
  tail: Tail,
})

/**
 * What is known of a home's habits, at most 4 KiB as JSON. No instant of it is finer than a quarter hour. What a newer version
 * adds has a default, by which a home is judged as the version before judged it, until it is learnt anew.
 */
export const Rhythm = z.preprocess(withWalking, Habits)
export type Rhythm = z.infer<typeof Rhythm>

/**
 * A version before kept the last stretches of 20 hours and more in which nobody walked about (`sparse`), and believed single
 * signs for as long as they came where there were four. So are they where nobody was seen to walk in 60 days.
 */
function withWalking(kept: unknown): unknown {
  if (typeof kept !== 'object' || kept === null || 'walking' in kept || !('sparse' in kept))
    return kept
  if (!Array.isArray(kept.sparse) || kept.sparse.length < 4) return kept
  const walking = Habits.shape.walking.parse(undefined)
  return { ...kept, walking: { ...walking, pauses: Array<number>(60).fill(0) } }
}
