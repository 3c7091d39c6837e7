import type pg from 'pg'
import { z } from 'zod'
import { AlertState, DeliveryState } from '../../schemas/alert.ts'
import type { Plan, Step } from '../../schemas/plan.ts'
import { Millis } from '../../schemas/time.ts'
import { STANDARD_PLAN } from '../core/plan.ts'
import { HOUR, MINUTE } from '../core/time.ts'
import { addDevice, addGateway, addHousehold, addPerson, addPlan } from './homes.ts'
import { type Db, instant, query } from './pool.ts'
import { NO_CONTACTS } from '../../schemas/household.ts'

/** The household, the gateway and the person of the machine's own; the office is one that nobody works in. */
export const CANARY = 'canary'
export const CANARY_SENSOR = 'canary-motion'
const OFFICE = 'canary'

/** How long the canary must be quiet before it is asked after. */
export const CANARY_QUIET = 3 * MINUTE

/** Where the canary's own messages go: to a way out that takes them and sends them nowhere. */
export const CANARY_ADDRESS = 'urn:anbu:canary'

/** Tells nobody but the machine itself. */
function ownPlan(): Plan {
  const silent = { ...STANDARD_PLAN.inactivity.watch, steps: [] }
  const step: Step = {
    targets: [{ type: 'person', person: CANARY }],
    channels: ['webhook'],
    wait: HOUR,
    repeats: 0,
    every: HOUR,
  }
  const own = { ...silent, steps: [step] }
  return {
    plan: CANARY,
    version: 2,
    inactivity: { watch: own, caution: own, warning: own, danger: own },
    blind: silent,
    sensor: silent,
    configuration: silent,
  }
}

/**
 * Makes the canary's household, unless it is there, and gives its gateway a new secret, which is returned. It is a home
 * like any other to ingest, detector and alerts, but for a limit of minutes, and it counts in no list and no figure.
 */
export async function makeCanary(pool: pg.Pool, timeZone: string, now: Millis): Promise<string> {
  await addPlan(pool, ownPlan())
  const person = { person: CANARY, name: '카나리아', role: 'technician', office: OFFICE } as const
  await addPerson(pool, { ...NO_CONTACTS, ...person, webhook: CANARY_ADDRESS })
  const named = { alias: '카나리아', dong: '-', tier: 'low', planner: null } as const
  await addHousehold(pool, { household: CANARY, office: OFFICE, timeZone, ...named }, now)
  await pool.query(`update household set purpose = 'canary', plan = $1 where household = $1`, [
    CANARY,
  ])
  await setLimit(pool, now)
  const secret = await addGateway(pool, { gateway: CANARY, household: CANARY }, now)
  const sensor = { kind: 'motion', room: '-', role: 'inner', silentAfter: HOUR } as const
  await addDevice(pool, { gateway: CANARY, uid: CANARY_SENSOR, ...sensor }, now)
  return secret
}

// Below what staff may choose, so it is written here and not by a choice of theirs.
async function setLimit(db: Db, now: Millis): Promise<void> {
  await db.query(
    `insert into policy (household_id, name, value, since, author, reason)
     select h.id, part.name, $2, $3, $1, 'the canary goes round every few minutes'
     from household h, unnest(array['ceiling', 'floor']) as part (name)
     where h.household = $1
       and not exists (select from policy p where p.household_id = h.id and p.name = part.name)`,
    [CANARY, CANARY_QUIET / HOUR, instant(now)],
  )
}

/** How the canary's round stands: its last stored sign of life, its open alert, and the message of that, if any. */
export const CanaryState = z.object({
  lastActivity: Millis,
  alert: z.int().nullable(),
  opened: Millis.nullable(),
  state: AlertState.nullable(),
  message: z.object({ id: z.int(), state: DeliveryState }).nullable(),
})
export type CanaryState = z.infer<typeof CanaryState>

/** Reads how the canary's round stands. It must have been made. */
export async function readCanary(db: Db): Promise<CanaryState> {
  const [state] = await query(
    db,
    CanaryState,
    `select w.last_activity_at as "lastActivity", a.id as alert, a.opened_at as opened, a.state,
       (select jsonb_build_object('id', d.id, 'state', d.state) from delivery d
         where d.alert_id = a.id order by d.id desc limit 1) as message
     from household h join watch w on w.household_id = h.id
     left join alert a on a.household_id = h.id and a.kind = 'inactivity'
       and a.state ->> 'state' not in ('resolved', 'cancelled')
     where h.household = $1`,
    [CANARY],
  )
  if (!state) throw new Error('there is no canary: makeCanary comes first')
  return state
}

/** Forgets when the canary last came round: nobody sends it any more. */
export async function forgetCanary(db: Db): Promise<void> {
  await db.query(`delete from pulse where service = 'canary'`)
}
