import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { test } from '../database.ts'
import { NOW, connectGateway, openHouse, seedHome, send, stored } from './door.ts'

const iso = (at: number) => new Date(at).toISOString()

// PostgreSQL itself ends the statement with the code of each fault, as it would on a full disk, in a deadlock, ...
const FAULTS = [
  ['53100', 'a full disk'],
  ['53200', 'no memory'],
  ['53300', 'no connection left'],
  ['40P01', 'a deadlock'],
  ['40001', 'a serialisation failure'],
  ['55P03', 'a lock that is not to be had'],
  ['57014', 'a statement that took too long'],
  ['57P01', 'a server that is shut down'],
  ['25006', 'a standby that has not taken over yet'],
] as const

test.for(FAULTS)(
  'SQLSTATE %s (%s): nothing is acknowledged until it is stored, once, and the connection stays',
  async ([code], { pool }) => {
    const secret = await seedHome(pool)
    await pool.query(
      `create table fault (code text);
       create function fail() returns trigger language plpgsql as $$
       begin
         if exists (select from fault) then
           raise exception 'made up' using errcode = (select code from fault);
         end if;
         return null;
       end $$;
       create trigger fail after insert on reading for each statement execute function fail()`,
    )
    await using house = await openHouse(pool)
    const gateway = await connectGateway(house, 'gw-made-up', secret)
    await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW) }])
    await pool.query('insert into fault values ($1)', [code])
    const later = send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW + 1) }])
    // Long enough for several attempts (100, 200 ms).
    expect(await Promise.race([later, sleep(500, 'no answer')])).toBe('no answer')
    expect(gateway.connected).toBe(true)
    await pool.query('delete from fault')
    await later
    expect(await stored(pool)).toHaveLength(2)
    expect((await pool.query('select sum(events)::int as events from activity')).rows).toEqual([
      { events: 2 },
    ])
    await gateway.endAsync()
  },
)

test('what can never be stored is refused on record, and costs the rest of its batch nothing', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await pool.query('alter table reading add constraint made_up check (value < 42)')
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const values = [1, 42, 2, 43, 3]
  await Promise.all(
    values.map((n, i) => send(gateway, [{ d: 'pir', m: 'power', n, t: iso(NOW + i), u: 'W' }])),
  )
  expect((await stored(pool)).map(({ value }) => value)).toEqual([1, 2, 3])
  const { rows } = await pool.query(`select reason, count(*)::int as n from rejection group by 1`)
  expect(rows).toEqual([{ reason: 'not-storable', n: 2 }])
  await gateway.endAsync()
})
