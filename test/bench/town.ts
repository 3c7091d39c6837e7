import type pg from 'pg'
import { simulatedLife } from '../../services/commands/lives.ts'
import { type Life, quartersOf } from '../../services/core/evaluation/life.ts'
import { DAY } from '../../services/core/time.ts'
import { instant } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'

// As many days as are kept, unless told otherwise.
const LIVED = 90
// Every home is one of so many that were made up.
const MADE_UP = 40

/**
 * Fills a database with homes that have lived for 90 days as made-up people do, each with a gateway and its sensors. Returns
 * the noon after.
 */
export async function buildTown(pool: pg.Pool, homes: number): Promise<number> {
  const lives = Array.from({ length: MADE_UP }, (_, i) => simulatedLife(i + 1, LIVED))
  const noon = Math.max(...lives.map(({ to }) => to)) + DAY / 2
  await makePartitions(pool, noon - (LIVED + 2) * DAY, noon + DAY)
  await pool.query(
    'create table lived (life int, quarter timestamptz, events int, exits int, sensors int)',
  )
  await pool.query('create table drawn (life int, since timestamptz, until timestamptz)')
  for (const [number, life] of lives.entries()) await tellOf(pool, number, life)
  await pool.query('alter table device disable trigger give_slot')
  for (const text of STEPS)
    await pool.query(text, text.includes('$2') ? [homes, instant(noon)] : [homes])
  await pool.query('alter table device enable trigger give_slot')
  await pool.query('vacuum analyze')
  return noon
}

async function tellOf(pool: pg.Pool, number: number, life: Life): Promise<void> {
  const quarters = quartersOf(life)
  await pool.query(
    `insert into lived select $1, quarter, events, exits, sensors
     from unnest($2::timestamptz[], $3::int[], $4::int[], $5::int[]) as q (quarter, events, exits, sensors)`,
    [
      number,
      quarters.map(({ quarter }) => instant(quarter)),
      quarters.map(({ signs = 0, exit }) => signs + Number(exit)),
      quarters.map(({ exit }) => Number(exit)),
      quarters.map(({ sensors }) => sensors),
    ],
  )
  const ran = (life.ran ?? []).flatMap(({ since, until }) =>
    until === null ? [] : [{ since, until }],
  )
  await pool.query(
    'insert into drawn select $1, since, until from unnest($2::timestamptz[], $3::timestamptz[]) as r (since, until)',
    [number, ran.map(({ since }) => instant(since)), ran.map(({ until }) => instant(until))],
  )
}

const STEPS = [
  `insert into household (household, office, alias, dong, time_zone, tier, watched_since)
   select 'h' || n, 'office-' || n % 25, 'home ' || n, 'dong-' || n % 424, 'Asia/Seoul',
     (array['high', 'mid', 'low'])[1 + n % 3], $2::timestamptz - interval '90 days'
   from generate_series(1, $1::int) n`,
  `insert into gateway (gateway, household_id, salt, hash, last_seen_at, check_at)
   select 'g' || n, n, '', '', $2, $2::timestamptz + interval '15 minutes' from generate_series(1, $1::int) n`,
  `insert into device (gateway, uid, household_id, kind, room, role, silent_after, slot, last_seen_at, check_at)
   select 'g' || n, 'd' || slot, n, case when metered and slot = bits - 1 then 'power' when slot = 0 then 'open' else 'motion' end,
     '거실', case when metered and slot = bits - 1 then 'plug' when slot = 0 then 'exit' else 'inner' end,
     interval '26 hours', slot, $2, $2::timestamptz + interval '26 hours'
   from generate_series(1, $1::int) n
   join lateral (select 1 + floor(log(2, max(sensors)))::int as bits, exists (select from drawn d where d.life = l.life) as metered
     from lived l where l.life = n % ${MADE_UP} group by life) l on true
   cross join generate_series(0, bits - 1) slot`,
  `insert into activity (household_id, quarter, events, exits, sensors)
   select n, quarter, events, exits, sensors from generate_series(1, $1::int) n join lived on life = n % ${MADE_UP}
   order by quarter, n`,
  `insert into ran (household_id, until, device_id, since)
   select n, until, d.id, since from generate_series(1, $1::int) n join drawn on life = n % ${MADE_UP}
   join device d on d.household_id = n and d.kind = 'power' on conflict do nothing`,
  `insert into watch (household_id, last_activity_at, presence_since, deadline_at, learn_at)
   select n, $2, $2, $2::timestamptz + interval '2 hours', $2 from generate_series(1, $1::int) n`,
]
