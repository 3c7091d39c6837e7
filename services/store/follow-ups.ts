import { z } from 'zod'
import { FollowUpKind, FollowUpState } from '../../schemas/follow-up.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** What shall be done after an outcome. `due` is a local date, as ISO 8601. */
export type NewFollowUp = {
  readonly kind: FollowUpKind
  readonly due: string
  readonly coordinator: string
  readonly note: string
}

/** Adds what shall be done after an alert; the same a second time changes nothing. */
export async function addFollowUps(
  db: Db,
  of: { readonly alert: number; readonly by: string },
  wanted: readonly NewFollowUp[],
  now: Millis,
): Promise<void> {
  if (wanted.length === 0) return
  await db.query(
    `insert into follow_up (alert_id, household_id, kind, due, coordinator, note, added_by, added_at)
     select a.id, a.household_id, w.kind, w.due, w.coordinator, w.note, $2, $3
     from alert a, jsonb_to_recordset($4) as w (kind text, due date, coordinator text, note text)
     where a.id = $1 on conflict do nothing`,
    [of.alert, of.by, instant(now), JSON.stringify(wanted)],
  )
}

/** Something that is to be done for a home, and how far it is. */
export const FollowUp = z.object({
  id: z.int(),
  alert: z.int(),
  household: z.string(),
  alias: z.string(),
  dong: z.string(),
  kind: FollowUpKind,
  due: z.string(),
  coordinator: z.string(),
  note: z.string(),
  state: FollowUpState,
  changedBy: z.string().nullable(),
  changed: Millis.nullable(),
})
export type FollowUp = z.infer<typeof FollowUp>

/** What is to be done: of one alert all, of an office what is open or ended in the last 30 days, the most urgent first. */
export function followUps(
  db: Db,
  of: { readonly alert: number } | { readonly office: string; readonly since: Millis },
): Promise<FollowUp[]> {
  const [alert, office, since] =
    'alert' in of ? [of.alert, null, null] : [null, of.office, instant(of.since)]
  return query(
    db,
    FollowUp,
    `select f.id, f.alert_id as alert, h.household, h.alias, h.dong, f.kind, to_char(f.due, 'YYYY-MM-DD') as due,
       f.coordinator, f.note, f.state, f.changed_by as "changedBy", f.changed_at as changed
     from follow_up f join household h on h.id = f.household_id
     where f.alert_id = $1
       or h.office = $2 and (f.state in ('open', 'under-way') or f.changed_at > $3)
     order by f.state in ('done', 'dropped'), f.due, f.id`,
    [alert, office, since],
  )
}

/** Says how far a follow-up is that is of an office, or that `by` sees to. Resolves with its alert; null when there is none. */
export async function moveFollowUp(
  db: Db,
  to: {
    readonly id: number
    readonly office: string | null
    readonly state: FollowUpState
    readonly by: string
  },
  now: Millis,
): Promise<number | null> {
  const [moved] = await query(
    db,
    z.object({ alert: z.int() }),
    `update follow_up f set state = $3, changed_by = $4, changed_at = $5
     from household h where f.id = $1 and h.id = f.household_id and (h.office = $2 or f.coordinator = $4)
     returning f.alert_id as alert`,
    [to.id, to.office, to.state, to.by, instant(now)],
  )
  return moved?.alert ?? null
}
