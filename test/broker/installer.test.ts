import { expect } from 'vitest'
import { listDevices } from '../../services/store/gateways.ts'
import { addDevice, rotateSecret } from '../../services/store/homes.ts'
import { test } from '../database.ts'
import { NOW, connectGateway, openHouse, seedHome, send } from './door.ts'

const iso = (at: number) => new Date(at).toISOString()

test('after a rotation the old password lets nobody in, and who is connected stays', async ({
  pool,
}) => {
  const old = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', old)
  const secret = (await rotateSecret(pool, 'gw-made-up')) ?? ''
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW) }])
  await gateway.endAsync()
  await expect(connectGateway(house, 'gw-made-up', old)).rejects.toMatchObject({ code: 4 })
  const back = await connectGateway(house, 'gw-made-up', secret)
  await back.endAsync()
  expect(await rotateSecret(pool, 'gw-nobody')).toBeNull()
})

test('an installer sees what each sensor said last, finds the new one, and claims it', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await seedHome(pool, 'gw-neighbour')
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [
    { d: 'pir', m: 'motion', b: true, t: iso(NOW - 1) },
    { d: 'pir', m: 'motion', b: false, t: iso(NOW) },
    { d: 'pir', m: 'battery', n: 87, t: iso(NOW) },
    { d: 'kettle', m: 'power', n: 1850, t: iso(NOW) },
  ])
  const listed = async () =>
    (await listDevices(pool, 'gw-made-up')).map(
      ({ uid, role, room, kind, value, at }) => `${uid} ${role} ${room} ${kind} ${value} ${at}`,
    )
  expect(await listed()).toEqual([
    'door exit 현관 null null null',
    `pir inner 거실 motion 0 ${NOW}`,
    `kettle null null power 1850 ${NOW}`,
  ])
  expect(await listDevices(pool, null)).toHaveLength(5)
  const claimed = { gateway: 'gw-made-up', uid: 'kettle', kind: 'power', room: '부엌' } as const
  await addDevice(pool, { ...claimed, role: 'plug', silentAfter: 3_600_000 }, NOW)
  expect(await listed()).toContain('kettle plug 부엌 null null null')
  await gateway.endAsync()
})
