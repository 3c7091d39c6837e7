import { z } from 'zod'
import { Channel } from './channel.ts'
import { HabitName } from './habit.ts'
import { AbsenceCause, Role, UnwatchedCause } from './household.ts'
import { Band, Target } from './plan.ts'
import { Kind, Uid } from './reading.ts'
import { Seen } from './seen.ts'
import { Millis } from './time.ts'

/** How grave: 관심 watch (board only), 주의 caution, 경보 warning, 위험 danger. In rising order. */
export const GRADES = ['watch', 'caution', 'warning', 'danger'] as const
export const Grade = z.enum(GRADES)
export type Grade = z.infer<typeof Grade>

/**
 * What a signal is about: each is a matter of its own, and a home has at most one open alert of each. The person's
 * silence; the emergency button; a door left open; a slow change of habits, which is a task and pages nobody; one of
 * the staff on a visit; the home that cannot be watched; one sensor; our own set-up.
 */
export const SignalKind = z.enum([
  'inactivity',
  'sos',
  'door',
  'change',
  'staff',
  'blind',
  'sensor',
  'configuration',
])
export type SignalKind = z.infer<typeof SignalKind>

/** Where the person is thought to be: seen at home, gone through the exit, or nobody can see. */
export const Presence = z.enum(['home', 'away', 'blind'])
export type Presence = z.infer<typeof Presence>

const Silence = z.object({
  /** The last sign of life, and how long ago that was when the signal was raised. */
  since: Millis,
  silentFor: Millis,
  /** In how many quarter hours of that silence this person normally gives a sign of life. */
  expected: z.number().nonnegative(),
  /** The longest completed silence at home of the last 60 days, or null while none is known. */
  longest: Millis.nullable(),
  /** The room of the sensor that spoke last, or null when it is not known. */
  lastRoom: z.string().nullable(),
  presence: Presence,
  /**
   * What it is spent with at a meter, since when, and until when where it went off by itself: that of a plug in this room, or of
   * the whole home.
   */
  running: z
    .object({ since: Millis, until: Millis.optional(), room: z.string(), role: Role })
    .optional(),
  /** Where staff were told that the person is, and why. */
  seen: Seen.optional(),
  /** The sensors that gave the last signs of life before it, the latest first. */
  spoke: z
    .array(z.object({ room: z.string(), kind: Kind, at: Millis, uid: Uid.optional() }))
    .max(3)
    .optional(),
})

/** Desks and roles of an office for which nobody is there at such a time. */
export const EmptyDesk = z.object({ band: Band, targets: z.array(Target) })
export type EmptyDesk = z.infer<typeof EmptyDesk>

/** Why a signal was raised, as data: the console, the messages and the record all render this. */
export const Reason = z.discriminatedUnion('rule', [
  /**
   * More silence than this person's rhythm allows. `surprise` and `threshold` are in nats; `budget` is what the threshold came
   * from: for the graver grades of a home whose exit nothing sees, half of what staff chose.
   */
  Silence.extend({
    rule: z.literal('surprise'),
    surprise: z.number(),
    threshold: z.number(),
    budget: z.number(),
  }),
  /**
   * For `limit` only the sensor in this room has said anything: it flaps, or a pet or a robot moves. `few`: several have,
   * but since `othersSince` never so many signs within a quarter hour as when a person walks about. `restless`: whatever the
   * others say, the one in this room (`uid`) has not been silent for so long since then, and every person is. `scant`: since
   * then there have been fewer than `few` signs, where `usual` are so many a day, though no silence between them was long.
   */
  Silence.extend({
    rule: z.literal('alone'),
    othersSince: Millis,
    limit: Millis,
    few: z.literal(true).optional(),
    restless: Millis.optional(),
    uid: Uid.optional(),
    scant: z.object({ few: z.int().positive(), usual: z.int().positive() }).optional(),
  }),
  /** The tier's hours are over, whatever the model says. */
  Silence.extend({ rule: z.literal('ceiling'), ceiling: Millis }),
  /** Out for longer than this person ever was. */
  Silence.extend({ rule: z.literal('away'), limit: Millis }),
  /** An absence that was planned `from` to `until` is over, and nobody has come back. */
  Silence.pick({ since: true, silentFor: true, lastRoom: true }).extend({
    rule: z.literal('absence'),
    cause: AbsenceCause,
    from: Millis,
    until: Millis,
  }),
  /**
   * Though an absence is planned `from` to `until`, somebody has moved inside since, in so many quarter hours of a day. `back`:
   * so much that the home is watched again.
   */
  z.object({
    rule: z.literal('absence-moved'),
    cause: AbsenceCause,
    from: Millis,
    until: Millis,
    since: Millis,
    quarters: z.int(),
    back: z.boolean(),
  }),
  /**
   * A habit is slowly no longer what it was: the median of the last two weeks and of the six before, in quarter hours a
   * day, of the day for `morning`, in uses of the exit door for `outings`.
   */
  z.object({ rule: z.literal('change'), what: HabitName, before: z.number(), now: z.number() }),
  /** The gateway said goodbye (its last will), or nothing came for `limit`. */
  z.object({ rule: z.literal('gateway-offline'), lastSeen: Millis }),
  z.object({ rule: z.literal('gateway-silent'), lastSeen: Millis, limit: Millis }),
  /** No sensor that could tell a sign of life has been heard since; or none ever was. */
  z.object({ rule: z.literal('unwatched'), lastSeen: Millis }),
  /** One sensor says nothing, while its gateway does. */
  z.object({
    rule: z.literal('sensor-silent'),
    uid: Uid,
    kind: Kind,
    room: z.string(),
    lastSeen: Millis,
    limit: Millis,
    battery: z.number().nullable(),
  }),
  /** The meter of a home says nothing but `value` since `lastSeen`: it is frozen, or its holes are filled with zeros. */
  z.object({
    rule: z.literal('sensor-stuck'),
    uid: Uid,
    kind: Kind,
    room: z.string(),
    lastSeen: Millis,
    value: z.number(),
  }),
  /** The emergency button was pressed. */
  z.object({ rule: z.literal('sos'), uid: Uid, room: z.string(), pressed: Millis }),
  /** The resident answered a call with a call for help, after the case for which they were called was closed. */
  z.object({ rule: z.literal('help'), called: Millis }),
  /** A door has stood open for longer than `limit`. */
  z.object({
    rule: z.literal('door-open'),
    uid: Uid,
    room: z.string(),
    since: Millis,
    limit: Millis,
  }),
  /** One of the staff on a visit did not report by `due`, or called for help without a word. `visit` is its number. */
  z.object({ rule: z.literal('visit-overdue'), person: z.string(), visit: z.int(), due: Millis }),
  z.object({
    rule: z.literal('duress'),
    person: z.string(),
    /** Their latest visit of that case, or null: who calls for help is heard without one too. */
    visit: z.int().nullable(),
    called: Millis,
  }),
  /** A step of the escalation plan reached nobody: of which ladder, at which time, and whom it means. */
  z.object({
    rule: z.literal('empty-step'),
    plan: z.string(),
    step: z.int(),
    kind: SignalKind.optional(),
    grade: Grade.optional(),
    band: Band.optional(),
    targets: z.array(Target).optional(),
  }),
  /** A channel can reach nobody as it is set up; or, with a `person`, their address does not exist. */
  z.object({
    rule: z.literal('dead-channel'),
    channel: Channel,
    person: z.string().nullable(),
    detail: z.string(),
  }),
  /**
   * An office's daily look. `unwatched`: how many homes are not watched, by cause; `uncovered`: for how many homes an
   * alert of these `matters` would reach nobody at some hour of the coming fortnight, the first one at `from`; `empty`:
   * which steps that mean the office's own desks and roles would be passed over for want of anybody.
   */
  z.object({
    rule: z.literal('daily-look'),
    unwatched: z.partialRecord(UnwatchedCause, z.int()),
    uncovered: z.int(),
    from: Millis.nullable(),
    matters: z.array(z.string()),
    empty: z.array(EmptyDesk).optional(),
  }),
  /** An exercise (훈련) for one of the staff. */
  z.object({ rule: z.literal('exercise'), person: z.string() }),
])
export type Reason = z.infer<typeof Reason>

/** What the detector found, before anybody is told. `model` says which rule book decided. */
export const Signal = z.object({
  id: z.int(),
  household: z.string(),
  kind: SignalKind,
  grade: Grade,
  /** The instant from which it was true; `at` is when we noticed. */
  due: Millis,
  at: Millis,
  reason: Reason,
  model: z.string(),
})
export type Signal = z.infer<typeof Signal>
