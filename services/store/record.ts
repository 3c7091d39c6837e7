import { z } from 'zod'
import { type Db, query } from './pool.ts'

/** An entry of an alert's record that is not what it was, or an alert that is not what its record says. */
export const Broken = z.object({
  alert: z.int(),
  seq: z.int(),
  why: z.enum(['changed', 'missing', 'not-as-recorded']),
})
export type Broken = z.infer<typeof Broken>

/**
 * Checks the record of every alert opened since `since`, or of all: that each entry still has its own hash, that it
 * holds the hash of the one before, that none is missing, and that the alert is as its last entry says. At most a
 * hundred are named.
 */
export function brokenRecords(db: Db, since: number | null = null): Promise<Broken[]> {
  return query(db, Broken, BROKEN, [since === null ? null : new Date(since).toISOString()])
}

const BROKEN = `
  with chain as (
    select e.*, lag(e.hash) over entries as before, lag(e.seq) over entries as seq_before,
      lead(e.seq) over entries as seq_after
    from alert_event e join alert a on a.id = e.alert_id
    where $1::timestamptz is null or a.opened_at >= $1
    window entries as (partition by e.alert_id order by e.seq)
  ), found as (
    select alert_id, seq, case
      when hash is distinct from event_hash((select e from alert_event e
        where e.alert_id = chain.alert_id and e.seq = chain.seq)) then 'changed'
      when previous is distinct from before or seq <> coalesce(seq_before + 1, 0) then 'missing'
    end as why
    from chain
    union all
    select a.id, coalesce(c.seq, 0), 'not-as-recorded'
    from alert a left join chain c on c.alert_id = a.id and c.seq_after is null
    where ($1::timestamptz is null or a.opened_at >= $1) and (c.alert_id is null or c.alert is not null and
      '{"offers": 0}' || c.alert is distinct from jsonb_build_object('grade', a.grade, 'generation', a.generation,
        'signals', a.signals, 'state', a.state, 'offer', a.offer, 'offers', a.offers, 'deferrals', a.deferrals,
        'cancelling', a.cancelling))
  )
  select alert_id as alert, seq, why from found where why is not null order by alert_id, seq limit 100`
