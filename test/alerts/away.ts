import { expect } from 'vitest'
import type { AbsenceCause } from '../../schemas/household.ts'
import { ladderFor, STANDARD_PLAN } from '../../services/core/plan.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { addAbsence, endAbsence } from '../../services/store/absences.ts'
import { addLeave } from '../../services/store/leave.ts'
import type { Office } from './office.ts'
import { absentAt, type Model } from './oracle.ts'

/** One of the staff goes on leave, now and for half an hour, unless they are on leave then. */
export async function goOnLeave(
  { pool, now }: Office,
  model: Model,
  person: string,
): Promise<void> {
  const until = now + 30 * MINUTE
  const leave = { person, since: now, until, deputy: null, reason: '병가' }
  const meets = ({ person: other, since, until: end }: Model['leaves'][number]) =>
    other === person && since < until && now < end
  if (model.leaves.some(meets)) return
  model.leaves.push({ ...leave, id: await addLeave(pool, leave, null, now), taken: false })
}

/** Staff tell of an absence of the home, that begins now or later. */
export async function tellAbsence(
  { pool, now }: Office,
  { household, absences }: Model,
  told: {
    readonly by: string
    readonly after: number
    readonly minutes: number
    readonly cause: AbsenceCause
  },
): Promise<void> {
  const { by: author, cause } = told
  const since = now + told.after * MINUTE
  const until = since + told.minutes * MINUTE
  const absence = { household, cause, since, until, author, reason: '무릎 수술' } as const
  const id = Number(await addAbsence(pool, absence, now))
  absences.push({ id, author, cause, recorded: now, since, until, taken: false })
}

/** Staff make the absence that ends last longer: another goes on where it ends, of whatever kind it was. */
export async function lengthen(
  office: Office,
  model: Model,
  { by, minutes }: { readonly by: string; readonly minutes: number },
): Promise<void> {
  const last = model.absences.toSorted((a, b) => b.until - a.until)[0]
  if (!last || last.until <= office.now) return
  const after = (last.until - office.now) / MINUTE
  await tellAbsence(office, model, { by, after, minutes, cause: last.cause })
}

/** Whoever was absent is back: what holds is ended before its time. */
export async function endAbsences({ pool, now }: Office, { absences }: Model): Promise<void> {
  for (const absence of absences)
    if (await endAbsence(pool, absence.id, 'kim', now)) absence.until = Math.max(absence.since, now)
}

/** The number of the newest message. */
export async function newest(pool: Office['pool']): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    'select coalesce(max(id), 0)::int as id from delivery',
  )
  return rows[0]?.id ?? 0
}

/**
 * While an absence holds, from before a step until after it, nobody is asked for anything in the case: but who is at the
 * door, about a hand-over, or as somebody did so by hand (`acted`). And whatever else happens, a call for help does not
 * stand still, somebody was told of it, and a visit stays a visit.
 */
export async function expectNobodyPaged(
  { pool, now }: Office,
  before: Model & { readonly newest: number; readonly now: number },
  model: Model,
  acted: boolean,
): Promise<void> {
  const still = await pool.query(
    `select from alert a where a.state ->> 'state' = 'away' and (kind = 'sos'
       or exists (select from ask where alert_id = a.id and answer = 'help'))`,
  )
  expect(still.rowCount).toBe(0)
  const untold = await pool.query(
    `select from alert a where kind = 'sos' and a.state ->> 'state' not in ('listed', 'pending')
       and not exists (select from delivery where alert_id = a.id)`,
  )
  expect(untold.rowCount).toBe(0)
  const held = absentAt(before, before.now) && absentAt(before, now) && absentAt(model, now)
  if (!held || model.called || acted) return
  const door = before.alert?.state.state === 'visiting' ? before.alert.state.by : null
  const { rows } = await pool.query<{ person: string; purpose: string }>(
    `select d.person, d.purpose from delivery d join alert a on a.id = d.alert_id
     where d.id > $1 and a.kind = 'inactivity' and not is_news(d.purpose)
       and d.purpose not in ('late', 'returned') and d.person is distinct from $2`,
    [before.newest, door],
  )
  expect(rows).toEqual([])
}

/** No case is silenced for good: once no absence holds, who answers for it is told before long, whatever has happened. */
export async function expectVoice(office: Office, model: Model): Promise<void> {
  await endAbsences(office, model)
  const { alert } = model
  if (!alert || ladderFor(STANDARD_PLAN, 'inactivity', alert.grade).steps.length === 0) return
  const count = async () =>
    Number(
      (
        await office.row(
          `select count(*) as n from delivery d join alert a on a.id = d.alert_id
           where a.kind = 'inactivity' and not is_news(d.purpose)`,
        )
      )['n'],
    )
  const before = await count()
  // A visit, its lease, and a day to confirm movement.
  for (let hour = 0; hour < 32 && (await count()) === before; hour += 1) {
    office.now += HOUR
    await office.escalate()
  }
  expect(await count()).toBeGreaterThan(before)
}
