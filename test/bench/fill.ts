import type pg from 'pg'
import { DAY } from '../../services/core/time.ts'
import { instant, transaction } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'

/** How many days a full store goes back. */
const DAYS = 90
const AT_ONCE = 2

/** Settings to fill with: a table that was emptied in the same transaction then needs no log. */
export const FILLING = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  autovacuum: 'off',
}

/**
 * Fills a store with so many readings of the last 90 days, evenly over the devices, a third of them signs of life, and
 * with the quarter hours that they come to. Days that are full already stay.
 */
export async function fill(pool: pg.Pool, rows: number): Promise<void> {
  const now = Date.now()
  const first = (Math.floor(now / DAY) - DAYS + 1) * DAY
  await makePartitions(pool, first, now + DAY)
  const waiting = Array.from({ length: DAYS }, (_, day) => first + day * DAY)
  const began = performance.now()
  const work = async () => {
    for (let day = waiting.shift(); day !== undefined; day = waiting.shift()) {
      await fillDay(pool, { from: day, to: Math.min(now, day + DAY), rows: Math.ceil(rows / DAYS) })
      tell(waiting.length, began)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  process.stderr.write('  vacuum ...\n')
  await pool.query('vacuum (freeze, analyze) reading, activity')
  await pool.query('checkpoint')
}

function tell(waiting: number, began: number): void {
  const filled = DAYS - waiting
  const left = ((performance.now() - began) / filled) * waiting
  if (filled % 10 === 0)
    process.stderr.write(`  ${filled} of ${DAYS} days, ${Math.round(left / 1000)} s left\n`)
}

async function fillDay(
  pool: pg.Pool,
  { from, to, rows }: { from: number; to: number; rows: number },
): Promise<void> {
  const table = `reading_${instant(from).slice(0, 10).replaceAll('-', '')}`
  await transaction(pool, async (db) => {
    const full = await db.query(`select from ${table} offset ${Math.floor(rows / 2)} limit 1`)
    if (full.rowCount === 1) return
    await db.query(`truncate ${table}`)
    await db.query(
      `with place as (
         select id, household_id, row_number() over (order by id) - 1 as n from device
       )
       insert into ${table} (at, device_id, household_id, kind, nature, active, exit, value)
       select $1::timestamptz + each.n * (($2::timestamptz - $1::timestamptz) / $3::int), id,
         household_id, 0, 0, each.n % 3 = 0, false, each.n % 7
       from generate_series(0, $3::int - 1) each (n)
       join place on place.n = each.n % (select count(*) from device)
       order by each.n`,
      [instant(from), instant(to), rows],
    )
    await db.query(
      `insert into activity (household_id, quarter, events, exits, sensors)
       select household_id, date_bin('15 minutes', at, 'epoch'), count(*), 0, 1 from ${table}
       where active group by 1, 2 order by 1, 2`,
    )
  })
}
