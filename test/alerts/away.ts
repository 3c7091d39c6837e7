import { MINUTE } from '../../services/core/time.ts'
import { addAbsence, endAbsence } from '../../services/store/absences.ts'
import { addLeave } from '../../services/store/leave.ts'
import type { Office } from './office.ts'
import type { Model } from './oracle.ts'

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

/** Staff tell of an absence of the home, from now on. */
export async function tellAbsence(
  { pool, now: since }: Office,
  { household, absences }: Model,
  { by: author, minutes }: { readonly by: string; readonly minutes: number },
): Promise<void> {
  const until = since + minutes * MINUTE
  const absence = {
    household,
    cause: 'hospital',
    since,
    until,
    author,
    reason: '무릎 수술',
  } as const
  const id = Number(await addAbsence(pool, absence, since))
  absences.push({ id, author, since, until, taken: false })
}

/** Whoever was absent is back: what holds is ended before its time. */
export async function endAbsences({ pool, now }: Office, { absences }: Model): Promise<void> {
  for (const absence of absences)
    if (await endAbsence(pool, absence.id, 'kim', now)) absence.until = Math.max(absence.since, now)
}
