import { z } from 'zod'
import { Tier } from './household.ts'
import { Millis } from './time.ts'

/**
 * What staff can choose: the budget of each grade, the hours that always fire, the hours before which none does, and for
 * how many hours the exit door may stand open by day and by night.
 */
export const Setting = z.enum([
  'budget-watch',
  'budget-caution',
  'budget-warning',
  'budget-danger',
  'ceiling',
  'floor',
  'door-day',
  'door-night',
])
export type Setting = z.infer<typeof Setting>

/**
 * Within which a choice must lie. No ceiling above three days: that is what the longest gap between a Friday and a
 * Tuesday comes to. No floor above half a day: who lies on the floor has little longer.
 */
export const BOUNDS: Readonly<Record<Setting, { readonly least: number; readonly most: number }>> =
  {
    'budget-watch': { least: 0.001, most: 30 },
    'budget-caution': { least: 0.001, most: 30 },
    'budget-warning': { least: 0.001, most: 30 },
    'budget-danger': { least: 0.001, most: 30 },
    ceiling: { least: 4, most: 72 },
    floor: { least: 0.25, most: 12 },
    'door-day': { least: 0.25, most: 24 },
    'door-night': { least: 0.25, most: 12 },
  }

/** Which homes a choice is for: one, or all of an office, of a tier, of both; all null: every home. */
export const Scope = z.object({
  household: z.string().nullable(),
  office: z.string().nullable(),
  tier: Tier.nullable(),
})
export type Scope = z.infer<typeof Scope>

/** A choice of staff. `value`: false alarms per home and month for a budget, hours for the others. */
export const Choice = Scope.extend({
  id: z.int(),
  name: Setting,
  value: z.number().positive(),
  since: Millis,
  /** From when on it holds no more; null: until somebody ends it. */
  until: Millis.nullable(),
  author: z.string(),
  reason: z.string(),
})
export type Choice = z.infer<typeof Choice>

/** A choice about to be made: within its bounds, for one home or for what an office and a tier name, and explained. */
export const NewChoice = Choice.omit({ id: true })
  .extend({ reason: z.string().min(1).max(500) })
  .refine(
    ({ household, office, tier }) => household === null || (office === null && tier === null),
    {
      path: ['household'],
      error: 'one home, or an office and a tier: not both',
    },
  )
  .refine(({ since, until }) => until === null || until > since, {
    path: ['until'],
    error: 'it ends before it begins',
  })
  .superRefine(({ name, value }, context) => {
    const { least, most } = BOUNDS[name]
    if (value < least || value > most)
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: `${name} is ${least} to ${most}`,
      })
  })
export type NewChoice = z.infer<typeof NewChoice>
