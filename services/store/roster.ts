import { z } from 'zod'
import { Household, Person } from '../../schemas/household.ts'
import { Plan } from '../../schemas/plan.ts'
import { type Db, query } from './pool.ts'
import { PERSON } from './staff.ts'

/** What a decision about an alert must know of the home: who answers for it, and what it may be called. */
export const AlertHome = Household.omit({ household: true, tier: true }).extend({
  /** The plan that a new alert is opened with. */
  plan: z.string(),
})
export type AlertHome = z.infer<typeof AlertHome>

/** Reads what a decision must know of a home. It must exist. */
export async function readHome(db: Db, householdId: number): Promise<AlertHome> {
  const [home] = await query(
    db,
    AlertHome,
    `select office, alias, dong, time_zone as "timeZone", planner, plan
     from household where id = $1`,
    [householdId],
  )
  if (!home) throw new Error(`there is no household number ${householdId}`)
  return home
}

const PlanRow = z.object({ body: Plan })

/** Reads the version of a plan that an alert was opened with. */
export async function readPlan(db: Db, plan: string, version: number): Promise<Plan> {
  const [row] = await query(db, PlanRow, 'select body from plan where plan = $1 and version = $2', [
    plan,
    version,
  ])
  if (!row) throw new Error(`there is no version ${version} of the plan ${plan}`)
  return row.body
}

/**
 * Reads the newest version of `plan`, or of the standard plan where that name is not known: a slip of the pen
 * must not keep an alert from opening.
 */
export async function newestPlan(db: Db, plan: string): Promise<Plan> {
  const [row] = await query(
    db,
    PlanRow,
    `select body from plan where plan in ($1, 'standard')
     order by plan = $1 desc, version desc limit 1`,
    [plan],
  )
  if (!row) throw new Error(`there is no plan ${plan}, nor a standard plan: add one with addPlan`)
  return row.body
}

/** Everybody whom a plan could mean for a home: its office, its planner, and those the plan names. */
export function readPeople(db: Db, home: AlertHome, named: readonly string[]): Promise<Person[]> {
  return query(
    db,
    Person,
    `select ${PERSON} from person
     where office = $1 or person = $2 or person = any ($3) order by person`,
    [home.office, home.planner, named],
  )
}
