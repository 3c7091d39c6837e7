import { z } from 'zod'
import { TimeZone } from '../schemas/time.ts'
import { KITS } from './homes.ts'
import { Duration, Moment } from './moments.ts'
import { PERSONAS, type PersonaName } from './persona.ts'

const isPersona = (name: string): name is PersonaName => Object.hasOwn(PERSONAS, name)
const names = Object.keys(PERSONAS).filter(isPersona)

/** Which homes: all, those of these numbers (from 1 on), or so many percent of them, drawn. */
const Homes = z.union([
  z.literal('all'),
  z.array(z.int().positive()).min(1),
  z
    .string()
    .regex(/^\d{1,3}(\.\d+)?%$/, 'all, a list of numbers such as [3, 7], or a share such as 10%')
    .transform((text) => ({ percent: Number(text.slice(0, -1)) })),
])

/** The devices that homes of our kits have. */
export const SENSORS = [
  'motion-bedroom',
  'motion-living',
  'motion-kitchen',
  'motion-bathroom',
  'motion-entrance',
  'door-exit',
  'plug-tv',
  'plug-kettle',
  'plug-microwave',
  'plug-rice',
  'plug-fridge',
  'plug-old-fridge',
  'mains',
] as const

const who = { homes: Homes.default('all') }
const sensor = { sensor: z.enum(SENSORS) }
const at = { at: Moment }
const span = { from: Moment, lasts: Duration }
/** Without an end it goes on for ever. */
const open = { from: Moment, lasts: Duration.optional() }

/** What happens in a scenario. */
export const Event = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('death'), ...at, ...who }),
  z.strictObject({
    event: z.enum(['fall', 'stroke']),
    ...at,
    'moves-for': Duration,
    ...who,
  }),
  z.strictObject({ event: z.enum(['trip', 'guest', 'illness']), ...span, ...who }),
  z.strictObject({ event: z.literal('hospital'), ...open, ...who }),
  z.strictObject({ event: z.literal('moves-out'), ...at, ...who }),
  z.strictObject({
    event: z.literal('decline'),
    from: Moment,
    'per-year': z.number().positive().max(10),
    ...who,
  }),
  z.strictObject({ event: z.literal('power-lost'), ...open, ...who }),
  z.strictObject({ event: z.literal('line-lost'), ...span, ...who }),
  z.strictObject({
    event: z.literal('clock-off'),
    ...span,
    by: Duration,
    direction: z.enum(['ahead', 'behind']).default('ahead'),
    ...who,
  }),
  z.strictObject({
    event: z.literal('battery-dies'),
    ...sensor,
    ...at,
    'low-before': Duration.default(2 * 86_400_000),
    ...who,
  }),
  z.strictObject({ event: z.literal('flaps'), ...sensor, ...span, every: Duration, ...who }),
  z.strictObject({
    event: z.literal('freezes'),
    ...sensor,
    ...span,
    watts: z.number().min(0).max(20_000),
    ...who,
  }),
  z.strictObject({ event: z.enum(['door-missed', 'door-open']), ...span, ...who }),
  z.strictObject({ event: z.literal('help'), ...at, ...who }),
  z.strictObject({ event: z.literal('unplugged'), ...sensor, ...open, ...who }),
])
export type Event = z.infer<typeof Event>

/** A scenario: who lives in how many homes, for how long, and what befalls them. */
export const Scenario = z
  .strictObject({
    title: z.string().min(1).max(120),
    about: z.string().max(2000).default(''),
    homes: z.int().min(1).max(1_000_000).default(1),
    seed: z.int().nonnegative().default(1),
    'first-day': z.iso.date(),
    days: z.int().min(1).max(4000),
    'time-zone': TimeZone.default('Asia/Seoul'),
    /** Dealt out in turn; without it, drawn as common as they are. */
    personas: z.array(z.enum(names)).min(1).optional(),
    /** What is installed, dealt out in turn; without it, drawn as common as it is. */
    kits: z.array(z.enum(KITS)).min(1).optional(),
    /** Whether nothing happens but the events: no journeys, illnesses, visits of their own. */
    quiet: z.boolean().default(false),
    events: z.array(Event).default([]),
  })
  .superRefine(({ homes, days, events }, context) => {
    for (const [place, event] of events.entries()) {
      const [field, [, last]] =
        'at' in event ? (['at', event.at] as const) : (['from', event.from] as const)
      if (last.day > days)
        context.addIssue({
          code: 'custom',
          path: ['events', place, field],
          message: `day ${last.day} is after the last, ${days}`,
        })
      const beyond = Array.isArray(event.homes)
        ? event.homes.find((number) => number > homes)
        : undefined
      if (beyond !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['events', place, 'homes'],
          message: `there is no home ${beyond} among ${homes}`,
        })
    }
  })
export type Scenario = z.infer<typeof Scenario>
