import { z } from 'zod'
import { Habit } from '../../schemas/habit.ts'
import { type Db, query } from './pool.ts'

const HabitOf = z.object({
  id: z.int(),
  /** One that this version cannot read counts as none: it is learnt anew from all that is kept. */
  body: Habit.nullable().catch(null),
})
/** What is known of a home's habits, or null. */
export type HabitOf = z.infer<typeof HabitOf>

/** Reads and locks the habits of homes until the transaction ends: of two who learn at once the second sees the first. */
export async function habitsOf(db: Db, homes: readonly number[]): Promise<HabitOf[]> {
  return query(
    db,
    HabitOf,
    `select household_id as id, body from habit where household_id = any ($1::int[])
     order by household_id for update`,
    [[...homes]],
  )
}

/** Keeps the habits of homes. */
export async function saveHabits(
  db: Db,
  learnt: readonly { readonly id: number; readonly habit: Habit }[],
): Promise<void> {
  if (learnt.length === 0) return
  await db.query(
    `insert into habit (household_id, body)
     select household_id, body::jsonb from unnest($1::int[], $2::text[]) as l (household_id, body)
     join watch using (household_id) order by household_id
     on conflict (household_id) do update set body = excluded.body`,
    [learnt.map((each) => each.id), learnt.map((each) => JSON.stringify(each.habit))],
  )
}
