import { expect } from 'vitest'
import { nhnCallback } from '../../services/alerts/nhn.ts'
import { test } from '../database.ts'
import { BASE, openDesk } from './desk.ts'

const SIGNATURE = 'a made-up signature'

test('a callback is taken from who can prove who it is, again and again, and from nobody else', async ({
  pool,
}) => {
  const desk = await openDesk(pool, { callbacks: { nhn: nhnCallback(SIGNATURE) } })
  await desk.town.raise('home-01', 'danger')
  await desk.town.send()
  const { rows } = await pool.query<{ id: number }>('select min(id) as id from delivery')
  const delivery = `delivery_${rows[0]?.id}`
  const hook = {
    requestId: 'r1',
    recipientSeq: 1,
    messageStatus: 'COMPLETED',
    recipientGroupingKey: delivery,
  }
  const call = async (name: string, signature: string) => {
    const answer = await desk.app.request(`${BASE}/hooks/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-toast-webhook-signature': signature },
      body: JSON.stringify({ event: 'MESSAGE_RESULT_UPDATE', productName: 'SMS', hooks: [hook] }),
    })
    return answer.status
  }
  expect(await call('nhn', 'another')).toBe(401)
  expect(await call('solapi', SIGNATURE)).toBe(404)
  expect(await call('constructor', SIGNATURE)).toBe(404)
  expect(await call('nhn', SIGNATURE)).toBe(204)
  expect(await call('nhn', SIGNATURE)).toBe(204)
  const after = await pool.query(
    'select state, r.times from delivery d join receipt r on r.delivery_id = d.id',
  )
  expect(after.rows).toEqual([{ state: 'delivered', times: 2 }])
})
