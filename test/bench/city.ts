import type pg from 'pg'
import type { Rhythm } from '../../schemas/rhythm.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { instant } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'

/** Eleven in the morning of a Tuesday in Seoul. */
export const ELEVEN = Date.parse('2026-03-03T11:00:00+09:00')

/** One home in so many has a rhythm, and only those become due: what is not due is not read. */
export const RHYTHM_SHARE = 8

/**
 * A home is looked at some fifteen times a day: its deadline is armed for its last sign of life, and by day passes every
 * two hours or so; whoever uses the exit door is looked at ten minutes later, and once more on coming back.
 */
const LOOKS_A_DAY = 15
const DEADLINES = DAY / LOOKS_A_DAY

const STEPS: readonly (readonly [name: string, text: string])[] = [
  [
    'households',
    `insert into household (household, office, alias, dong, time_zone, tier, watched_since)
     select 'h' || n, 'office-' || n % 25, 'home ' || n, 'dong-' || n % 424, 'Asia/Seoul',
       (array['high', 'mid', 'low'])[1 + n % 3], $2::timestamptz - interval '90 days'
     from generate_series(1, $1::int) n`,
  ],
  [
    // One in four is out. Of those with a rhythm the deadlines pass one after the other, and one in 300 has been
    // silent for so long that a signal is raised; the deadlines of all others lie beyond the bench.
    'watch rows',
    `insert into watch (household_id, last_activity_at, last_inner_at, last_exit_at, presence,
       presence_since, presence_until, deadline_at, learn_at)
     select id, date_trunc('second', quiet), date_trunc('second', quiet), case when out then quiet end, case when out then 'away' else 'home' end,
       date_trunc('second', quiet), case when out then quiet + interval '1 day' end,
       case when id % ${RHYTHM_SHARE} = 0
         then $2::timestamptz + random() * make_interval(secs => ${DEADLINES / RHYTHM_SHARE / 1000})
         else $2::timestamptz + interval '2 hours' + random() * interval '6 hours' end,
       $2::timestamptz + interval '16 hours'
     from (select id, id % 4 = 0 and id % 16 <> 0 as out,
         $2::timestamptz - case when id % (300 * ${RHYTHM_SHARE}) = 0 then interval '60 hours'
           else interval '20 minutes' + random() * interval '90 minutes' end as quiet
       from generate_series(1, $1::int) id) h`,
  ],
  [
    // Each has just been heard, and is looked at every quarter of an hour.
    'gateways',
    `insert into gateway (gateway, household_id, salt, hash, last_seen_at, check_at)
     select 'g' || n, n, '', '', $2::timestamptz + interval '10 minutes',
       $2::timestamptz + random() * interval '15 minutes'
     from generate_series(1, $1::int) n`,
  ],
  [
    'sensors',
    `insert into device (gateway, uid, household_id, kind, room, role, silent_after, slot, last_seen_at,
       check_at)
     select 'g' || n, d.uid, n, d.kind, d.room, d.role, interval '26 hours', d.slot,
       $2::timestamptz - random() * interval '50 minutes', $2::timestamptz + random() * interval '26 hours'
     from generate_series(1, $1::int) n,
       (values ('pir', 'motion', '거실', 'inner', 0), ('door', 'open', '현관', 'exit', 1))
         as d (uid, kind, room, role, slot)`,
  ],
  [
    'rhythms',
    `insert into rhythm (household_id, model, learnt_until, body)
     select n, 'bench', $2::timestamptz - interval '35 hours', p.body
     from generate_series(${RHYTHM_SHARE}, $1::int, ${RHYTHM_SHARE}) n
     join persona p on p.id = n / ${RHYTHM_SHARE} % (select count(*) from persona)`,
  ],
]

/** Fills a database with `homes` homes, on the server itself, and says so step by step. */
export async function buildCity(
  pool: pg.Pool,
  homes: number,
  said: (step: string) => void,
): Promise<void> {
  await makePartitions(pool, ELEVEN - PAST - DAY, ELEVEN + DAY)
  const personas = Array.from({ length: 64 }, (_, seed) => personaOf(seed))
  await pool.query(
    `create table persona as
    select id - 1 as id, body from unnest(array[${personas.map((_, i) => `$${i + 1}::jsonb`).join(', ')}])
      with ordinality as p (body, id)`.replace(/\$\d+/g, (at) =>
      quote(personas[Number(at.slice(1)) - 1]),
    ),
  )
  // The slots are given here, and a trigger a sensor would take minutes.
  await pool.query('alter table device disable trigger give_slot')
  for (const [name, text] of STEPS) {
    const values = text.includes('$2') ? [homes, instant(ELEVEN)] : [homes]
    await pool.query(text, values)
    said(name)
  }
  await pool.query('alter table device enable trigger give_slot')
  await pool.query('vacuum analyze watch, gateway, device, rhythm, household')
  said('vacuumed')
}

// So far back a look reads.
const PAST = 8 * DAY

/** The last so many homes with a rhythm, and what they have done in the eight days that a look reads: 150 quarter hours. */
export async function givePast(pool: pg.Pool, homes: number): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    'select household_id as id from rhythm order by household_id desc limit $1',
    [homes],
  )
  const ids = rows.map(({ id }) => id)
  await pool.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select n, $2::timestamptz - q * interval '15 minutes', 3, 0, 1
     from unnest($1::int[]) n, generate_series(1, ${PAST / QUARTER}) q where (n + q * 7) % 96 < 30 and q % 96 < 60`,
    [ids, instant(ELEVEN)],
  )
  await pool.query('vacuum analyze activity')
  return ids
}

/** Lets `homes` homes with a rhythm live through the day before, and be due to learn it. */
export async function liveADay(pool: pg.Pool, homes: number): Promise<void> {
  await pool.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select n * ${RHYTHM_SHARE}, $2::timestamptz - interval '11 hours' - q * interval '15 minutes', 3, 0, 1
     from generate_series(1, $1::int) n, generate_series(1, 96) q where (n + q * 7) % 96 < 40
     on conflict do nothing`,
    [homes, instant(ELEVEN)],
  )
  await pool.query(
    `update watch set learn_at = $2 where household_id % ${RHYTHM_SHARE} = 0 and household_id <= $1::int * ${RHYTHM_SHARE}`,
    [homes, instant(ELEVEN)],
  )
  await pool.query('vacuum analyze activity')
}

function quote(rhythm: Rhythm | undefined): string {
  return `'${JSON.stringify(rhythm)}'`
}

/** Two months of somebody who gets up, naps, goes out and goes to bed at hours of their own. */
function personaOf(seed: number): Rhythm {
  const start = ELEVEN - 11 * HOUR - 60 * DAY
  const [up, down, dense] = [20 + (seed % 12), 80 + (seed % 14), 2 + (seed % 5)]
  const activity = Array.from({ length: 60 * 96 - 96 }, (_, n) => n)
    .filter((n) => n % 96 >= up && n % 96 < down && (n * 31 + seed * 17) % 11 < dense + 2)
    .map((n) => ({ quarter: start + n * QUARTER, exit: (n * 13 + seed) % 97 === 0, sensors: 1 }))
  const past = { activity, unseen: [], timeZone: 'Asia/Seoul' }
  return learn(EMPTY_RHYTHM, past, ELEVEN - 35 * HOUR + MINUTE)
}
