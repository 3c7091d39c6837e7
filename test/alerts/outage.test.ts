import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { StaffEvent } from '../../schemas/alert.ts'
import { DAY } from '../../services/core/time.ts'
import { command } from '../../services/store/commands.ts'
import { instant } from '../../services/store/pool.ts'
import { NINE, type Office, test } from './office.ts'

function order(office: Office, alert: number, event: StaffEvent) {
  return command(office.pool, { alert, key: randomUUID(), event }, office.voice, office.now)
}

async function darken(office: Office): Promise<number[]> {
  const homes = [await office.home('o-1'), await office.home('o-2'), await office.home('o-3')]
  for (const home of homes) {
    await office.signal(home, 'caution', 'blind')
    await office.signal(home, 'danger')
  }
  await office.pool.query(
    `with dark as (
       insert into outage (office, dong, since, last) values ('gwanak', '행운동', $1, $1) returning id
     ) update signal set outage_id = dark.id from dark`,
    [instant(NINE)],
  )
  await office.escalate()
  return homes
}

test('whoever cancels the case that stands for an outage leaves it to the next home of it', async ({
  office,
}) => {
  await darken(office)
  const told = `select id from alert where state ->> 'state' = 'notifying' and kind = 'blind'`
  const { id } = await office.row(told)
  const cancel = { type: 'cancel', by: 'oh', reason: '시험이었음' } as const
  expect(await order(office, Number(id), cancel)).toMatchObject({ kind: 'done' })
  const { id: next } = await office.row(told)
  expect(next).not.toBe(id)
})

test('homes that one outage has darkened are one telling, and whoever sees to it closes them all; persons are never grouped', async ({
  office,
}) => {
  const homes = await darken(office)
  const kinds = await office.row(
    `select count(*) filter (where kind = 'blind' and state ->> 'state' = 'listed') as listed,
       count(*) filter (where kind = 'blind' and state ->> 'state' = 'notifying') as told,
       count(*) filter (where kind = 'inactivity' and state ->> 'state' = 'notifying') as persons from alert`,
  )
  expect(kinds).toEqual({ listed: 2, told: 1, persons: 3 })
  const { id } = await office.row(
    `select id from alert where state ->> 'state' = 'notifying' and kind = 'blind'`,
  )
  const done = { type: 'outcome', by: 'park', outcome: 'fault', note: '통신사 장애' } as const
  await order(office, Number(id), done)
  expect(
    await office.row(
      `select count(*) from alert where kind = 'blind' and state ->> 'state' = 'resolved'`,
    ),
  ).toEqual({ count: 3 })
  // One that is dark still speaks for itself.
  office.now += DAY
  await office.signal(homes[0] ?? 0, 'caution', 'blind')
  await office.escalate()
  expect(
    await office.row(
      `select count(*) from alert where kind = 'blind' and state ->> 'state' = 'notifying'`,
    ),
  ).toEqual({ count: 1 })
})
