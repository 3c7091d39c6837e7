// The one statement that stores a batch, in two forms. What it moves is the same: sums by home and quarter hour, by
// home, and by device. Where they come from differs.

/** Whether a home `w` is looked at at once for a sign of life: who was out or had been asked about, and moves. */
export function stirs(at: string, innerAt: string): string {
  return `((w.presence = 'away' and ${innerAt} > w.presence_since + interval '2 minutes')
    or (w.grade is not null and ${at} > w.silence_since))`
}

// Grouped rows are ordered by their keys, so that two committers meet in the same order. They can still
// deadlock on the updates (PostgreSQL gives no order there): then one is rolled back whole and tries again.
// A gateway that keeps talking is written once in 30 s, not once a batch.
const MOVES = `
  counted as (
    insert into activity as a (household_id, quarter, events, exits, sensors)
    select household_id, quarter, events, exits, sensors from quarters
    order by household_id, quarter
    on conflict (household_id, quarter) do update set events = a.events + excluded.events,
      exits = a.exits + excluded.exits, sensors = a.sensors | excluded.sensors
  ), moved as (
    update watch as w set
      last_activity_at = greatest(w.last_activity_at, s.at),
      -- Of two that moved at the same instant the higher number, whichever was stored first.
      last_device_id = case when s.at > w.last_activity_at then s.device_id
        when s.at = w.last_activity_at then greatest(s.device_id, w.last_device_id)
        else w.last_device_id end,
      last_inner_at = greatest(w.last_inner_at, s.inner_at),
      last_exit_at = greatest(w.last_exit_at, s.exit_at),
      -- Whoever went out is away after ten minutes of quiet: look then, not at the deadline of somebody at home.
      -- Whoever was out or had been asked about, and moves, is looked at at once: the detector finds by this alone.
      deadline_at = least(w.deadline_at, s.exit_at + interval '10 minutes',
        case when ${stirs('s.at', 's.inner_at')} then $11::timestamptz end)
    from signs as s where w.household_id = s.household_id
  ), seen as (
    update device as d set
      last_seen_at = greatest(d.last_seen_at, s.at),
      last_active_at = greatest(d.last_active_at, s.active_at),
      -- In tenths: what is nearly nothing has no place in a real, and would cost the whole batch.
      battery = case when s.battery_at > coalesce(d.battery_at, '-infinity') then round(s.battery::numeric, 1)
        when s.battery_at = d.battery_at then least(round(s.battery::numeric, 1), d.battery) else d.battery end,
      battery_at = greatest(d.battery_at, s.battery_at),
      opened_at = greatest(d.opened_at, s.opened_at),
      closed_at = greatest(d.closed_at, s.closed_at)
    from spoke as s where d.id = s.device_id
  ), heard as (
    update gateway set last_seen_at = greatest(last_seen_at, $11), offline_at = null
    where gateway = any ($10::text[])
      and (last_seen_at is null or offline_at is not null
        or last_seen_at < $11::timestamptz - interval '30 seconds')
  )`

const COLUMNS = 'at, device_id, household_id, kind, nature, active, exit, value'
const INCOMING = `unnest($1::timestamptz[], $2::int[], $3::int[], $4::smallint[], $5::smallint[],
      $6::boolean[], $7::boolean[], $8::float8[], $9::smallint[])
      as r (${COLUMNS}, slot)`

/**
 * Stores any batch: PostgreSQL finds what is new, and sums that up. Parameters: the columns of the readings and
 * the slots of their devices, the gateways heard, now, the numbers of the kinds `battery` and `open` and of the nature
 * `snapshot`.
 */
export const COMMIT = `
  with incoming as (
    select * from ${INCOMING}
  ), fresh as (
    insert into reading (${COLUMNS}) select ${COLUMNS} from incoming
    on conflict do nothing
    returning at, device_id, household_id, active, exit
  ), lively as (
    select f.*, i.slot from fresh f
    join (select distinct device_id, slot from incoming) i using (device_id) where f.active or f.exit
  ), quarters as (
    select household_id, date_bin('15 minutes', at, 'epoch') as quarter,
      count(*) filter (where active) as events, count(*) filter (where exit) as exits,
      bit_or(1 << slot) as sensors
    from lively group by 1, 2
  ), signs as (
    select household_id, max(at) as at, max(at) filter (where not exit) as inner_at,
      max(at) filter (where exit) as exit_at,
      (array_agg(device_id order by at desc, device_id desc))[1] as device_id
    from lively group by household_id order by household_id
  ), spoke as (
    select device_id, max(at) as at, max(at) filter (where active or exit) as active_at,
      max(at) filter (where kind = $12) as battery_at,
      (array_agg(value order by at desc, value) filter (where kind = $12))[1] as battery,
      max(at) filter (where kind = $13 and value = 1 and nature <> $14) as opened_at,
      max(at) filter (where kind = $13 and value = 0) as closed_at
    from incoming group by device_id order by device_id
  ), ${MOVES}
  select`

/**
 * Stores a batch in which everything is new, and has been summed up already (`sums.ts`); a repeat violates the key,
 * and nothing is stored. Parameters: as above up to now, then the sums.
 */
export const COMMIT_NEW = `
  with stored as (
    insert into reading (${COLUMNS}) select ${COLUMNS} from ${INCOMING}
  ), quarters as (
    select * from unnest($12::int[], $13::timestamptz[], $14::int[], $15::int[], $16::int[])
      as q (household_id, quarter, events, exits, sensors)
  ), signs as (
    select * from unnest($17::int[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::int[])
      as s (household_id, at, inner_at, exit_at, device_id)
  ), spoke as (
    select * from unnest($22::int[], $23::timestamptz[], $24::timestamptz[], $25::timestamptz[], $26::float8[],
      $27::timestamptz[], $28::timestamptz[])
      as s (device_id, at, active_at, battery_at, battery, opened_at, closed_at)
  ), ${MOVES}
  select`
