import { z } from 'zod'
import { OutcomeCode } from '../../schemas/alert.ts'
import { Feedback } from '../../schemas/feedback.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

const ClosedAlert = z.object({
  home: z.int(),
  outcome: OutcomeCode,
  at: Millis,
  since: Millis.nullable(),
})
/** How an alert about the silence of a home was closed. */
export type ClosedAlert = z.infer<typeof ClosedAlert>

/** How the alerts of these homes were closed that were opened after `after`. */
export function closedAlerts(
  db: Db,
  homes: readonly number[],
  after: Millis,
): Promise<ClosedAlert[]> {
  return query(
    db,
    ClosedAlert,
    `select a.household_id as home, a.state ->> 'outcome' as outcome, (a.state ->> 'at')::bigint as at,
       (select (s.reason ->> 'since')::bigint from signal s
         where s.alert_id = a.id and s.reason ? 'since' order by s.id limit 1) as since
     from alert a
     where a.household_id = any ($1::int[]) and a.opened_at > $2 and a.kind = 'inactivity'
       and a.state ->> 'state' = 'resolved'`,
    [[...homes], instant(after)],
  )
}

/** Keeps what was learnt of homes; null: their outcomes teach nothing any more. */
export async function saveFeedback(
  db: Db,
  learnt: readonly { readonly home: number; readonly feedback: Feedback | null }[],
): Promise<void> {
  const known = learnt.filter(({ feedback }) => feedback !== null)
  await db.query(
    `with forgotten as (
       delete from feedback where household_id = any ($1::int[]) and household_id <> all ($2::int[])
     )
     insert into feedback (household_id, body)
     select household_id, body::jsonb from unnest($2::int[], $3::text[]) as l (household_id, body)
     join watch using (household_id) order by household_id
     on conflict (household_id) do update set body = excluded.body`,
    [
      learnt.map(({ home }) => home),
      known.map(({ home }) => home),
      known.map(({ feedback }) => JSON.stringify(feedback)),
    ],
  )
}

/** What the outcomes of a home have taught, or null. */
export async function feedbackOf(db: Db, home: number): Promise<Feedback | null> {
  const rows = await query(
    db,
    z.object({ body: Feedback }),
    'select body from feedback where household_id = $1',
    [home],
  )
  return rows[0]?.body ?? null
}
