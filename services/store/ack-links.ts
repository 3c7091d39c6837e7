import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import type { Recipient } from '../core/roster.ts'
import { DAY } from '../core/time.ts'
import type { StoredAlert, Voice } from './alerts.ts'
import { type Db, instant, query } from './pool.ts'

/** Lets each of these people answer for an alert by the link in their message, for a day. */
export async function linkPeople(
  db: Db,
  { id, generation }: Pick<StoredAlert, 'id' | 'generation'>,
  people: readonly Recipient[],
  pass: Voice['pass'],
  now: Millis,
): Promise<void> {
  if (pass === null || people.length === 0) return
  await db.query(
    `insert into ack_link (hash, alert_id, person, generation, expires_at)
     select hash, $1, person, $2, $3 from unnest($4::bytea[], $5::text[]) as l (hash, person)
     on conflict (hash) do update set expires_at = excluded.expires_at`,
    [
      id,
      generation,
      instant(now + DAY),
      people.map(({ person }) => hashOf(pass(id, person, generation))),
      people.map(({ person }) => person),
    ],
  )
}

/**
 * For whom and what a link answers. `over`: it does not any more, as its reader is on leave, or the alert has been told
 * anew without them; null: it answers.
 */
const AckLink = z.object({
  alert: z.int(),
  person: z.string(),
  expires: Millis,
  over: z.enum(['leave', 'moved-on']).nullable(),
})
export type AckLink = z.infer<typeof AckLink>

/** Finds what the secret part of a link stands for; null when it is none of ours, or over. */
export async function findAckLink(db: Db, secret: string, now: Millis): Promise<AckLink | null> {
  const rows = await query(
    db,
    AckLink,
    `select l.alert_id as alert, l.person, l.expires_at as expires, case
         when exists (select from leave v where v.person = l.person and v.since <= $2 and v.until > $2)
           then 'leave'
         when a.state ->> 'by' is distinct from l.person and exists (select from telling t
           where t.alert_id = l.alert_id and t.generation > l.generation
             and not is_news(t.purpose) and not t.people ? l.person) then 'moved-on'
       end as over
     from ack_link l join alert a on a.id = l.alert_id
       join person p on p.person = l.person and p.left_at is null
     where l.hash = $1 and l.expires_at > $2`,
    [hashOf(secret), instant(now)],
  )
  return rows[0] ?? null
}

// 128 random bits need no slow hash: nobody finds them by trying.
function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
