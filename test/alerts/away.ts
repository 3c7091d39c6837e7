import { expect } from 'vitest'
import { ladderFor, STANDARD_PLAN } from '../../services/core/plan.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
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

/** No case is silenced for good: once no absence holds, who answers for it is told before long, whatever has happened. */
export async function expectVoice(office: Office, model: Model): Promise<void> {
  await endAbsences(office, model)
  const { alert } = model
  if (!alert || ladderFor(STANDARD_PLAN, 'inactivity', alert.grade).steps.length === 0) return
  const count = async () => Number((await office.row(`select count(*) as n from delivery`))['n'])
  const before = await count()
  // A visit, its lease, and a day to confirm movement.
  for (let hour = 0; hour < 32 && (await count()) === before; hour += 1) {
    office.now += HOUR
    await office.escalate()
  }
  expect(await count()).toBeGreaterThan(before)
}
