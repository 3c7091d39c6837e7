import { once } from 'node:events'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { type IClientOptions, type MqttClient, connectAsync } from 'mqtt'
import type pg from 'pg'
import { describe, expect } from 'vitest'
import { WebSocket } from 'ws'
import type { Broker } from '../../services/broker/broker.ts'
import { test } from '../database.ts'
import { type Authority, type Pair, openAuthority, openssl } from './certificates.ts'
import { NOW, openHouse, seedHome, send, stored } from './door.ts'
import { hello, openRaw, untilClosed } from './raw.ts'

const iso = (at: number) => new Date(at).toISOString()
const motion = { d: 'pir', m: 'motion', b: true, t: iso(NOW) }
const ANY = { host: '127.0.0.1', port: 0 }

describe.skipIf(!openssl)('with certificates of openssl', () => {
  test('behind TLS what is acknowledged is stored, and the plain door stays beside it', async ({
    pool,
  }) => {
    const secret = await seedHome(pool)
    await using authority = await openAuthority()
    await using house = await openTlsHouse(pool, authority)
    for (const url of [house.tlsUrl, house.url]) {
      const gateway = await enter(url, authority, { username: 'gw-made-up', password: secret })
      await send(gateway, [{ ...motion, t: iso(NOW + house.counts().signedIn) }])
      await gateway.endAsync()
    }
    expect(house.counts().turned).toEqual({})
    await expect.poll(() => house.counts().connections).toBe(0)
  })

  test('a wrong password is answered with return code 4 behind TLS too', async ({ pool }) => {
    await seedHome(pool)
    await using authority = await openAuthority()
    await using house = await openTlsHouse(pool, authority)
    const wrong = enter(house.tlsUrl, authority, { username: 'gw-made-up', password: 'guess' })
    await expect(wrong).rejects.toMatchObject({ code: 4 })
  })

  test('a client certificate stands for the password of the gateway in its common name', async ({
    pool,
  }) => {
    await seedHome(pool)
    await using authority = await openAuthority()
    await using house = await openTlsHouse(pool, authority, authority)
    const own = await read(await authority.issue('gateway', 'gw-made-up'))
    const gateway = await enter(house.tlsUrl, authority, own)
    await send(gateway, [motion])
    expect(await stored(pool)).toHaveLength(1)
    await gateway.endAsync()
    // A user name beside it may repeat it, and not contradict it.
    await (await enter(house.tlsUrl, authority, { ...own, username: 'gw-made-up' })).endAsync()
    const other = enter(house.tlsUrl, authority, { ...own, username: 'gw-neighbour' })
    await expect(other).rejects.toMatchObject({ code: 5 })
    await pool.query('update gateway set disabled_at = now()')
    await expect(enter(house.tlsUrl, authority, own)).rejects.toMatchObject({ code: 5 })
    expect(house.counts().turned).toEqual({ 'bad-certificate': 1, disabled: 1 })
  })

  test('a certificate of another authority, or of no gateway, lets nobody in', async ({ pool }) => {
    await seedHome(pool)
    await using authority = await openAuthority()
    await using stranger = await openAuthority()
    await using house = await openTlsHouse(pool, authority, authority)
    const forged = await read(await stranger.issue('gateway', 'gw-made-up'))
    await expect(enter(house.tlsUrl, authority, forged)).rejects.toMatchObject({ code: 5 })
    const unknown = await read(await authority.issue('nobody', 'gw-nobody'))
    const nobody = { ...unknown, clientId: 'gw-nobody' }
    await expect(enter(house.tlsUrl, authority, nobody)).rejects.toMatchObject({ code: 5 })
    const reasons = async () => (await pool.query('select reason, detail from rejection')).rows
    await expect.poll(reasons).toEqual([
      { reason: 'bad-certificate', detail: expect.stringMatching(/^not valid here: .*VERIFY/) },
      { reason: 'bad-certificate', detail: 'its common name gw-nobody is no gateway here' },
    ])
  })

  test('beside certificates passwords go on', async ({ pool }) => {
    const secret = await seedHome(pool)
    await using authority = await openAuthority()
    await using house = await openTlsHouse(pool, authority, authority)
    const login = { username: 'gw-made-up', password: secret }
    await (await enter(house.tlsUrl, authority, login)).endAsync()
    await expect(enter(house.tlsUrl, authority, {})).rejects.toMatchObject({ code: 4 })
  })

  test('a renewed certificate is in use without a restart, and nobody is cut off for it', async ({
    pool,
  }) => {
    const secret = await seedHome(pool)
    await using authority = await openAuthority()
    await using house = await openTlsHouse(pool, authority)
    const login = { username: 'gw-made-up', password: secret }
    const gateway = await enter(house.tlsUrl, authority, login)
    expect(await commonName(house, authority)).toBe('old.example')
    const renewed = await authority.issue('renewed', 'new.example')
    // First the one, then the other: between them they do not belong together, and the old ones stay.
    await copyFile(renewed.cert, join(authority.folder, 'server.pem'))
    expect(await commonName(house, authority)).toBe('old.example')
    await copyFile(renewed.key, join(authority.folder, 'server.key'))
    await expect
      .poll(() => commonName(house, authority), { timeout: 10_000, interval: 200 })
      .toBe('new.example')
    await send(gateway, [motion])
    await gateway.endAsync()
  })

  test('a certificate and a key that do not belong together stop the start, with the reason', async ({
    pool,
  }) => {
    await using authority = await openAuthority()
    const { cert } = await authority.issue('one', 'one.example')
    const { key } = await authority.issue('two', 'two.example')
    const tls = { ...ANY, cert, key, clientCa: null }
    await expect(openHouse(pool, undefined, { tls })).rejects.toThrow(
      `cannot use the certificate ${cert} with ${key}`,
    )
  })

  test('who does not finish the TLS handshake is sent away like who sends no CONNECT', async ({
    pool,
  }) => {
    await using authority = await openAuthority()
    const limits = { connectWithin: 300 }
    await using house = await openTlsHouse(pool, authority, null, { limits })
    const silent = await openRaw({ port: portOf(house.tlsUrl) })
    await untilClosed(silent)
    const noise = await openRaw({ port: portOf(house.tlsUrl) })
    noise.write('this is no TLS')
    await untilClosed(noise)
    await expect.poll(() => house.counts().connections).toBe(0)
    expect(house.counts().turned).toEqual({ 'no-connect': 1 })
  })

  test('the WebSocket door speaks TLS when there is any', async ({ pool }) => {
    const secret = await seedHome(pool)
    await using authority = await openAuthority()
    await using house = await openTlsHouse(pool, authority, authority, { webSocket: ANY })
    expect(house.webSocketUrl).toMatch(/^wss:/)
    const login = { username: 'gw-made-up', password: secret }
    const gateway = await enter(house.webSocketUrl, authority, login)
    await send(gateway, [motion])
    await gateway.endAsync()
    const own = await read(await authority.issue('gateway', 'gw-made-up'))
    const wsOptions = { ...own, ca: await readFile(authority.ca) }
    await (await enter(house.webSocketUrl, authority, { wsOptions })).endAsync()
    expect(await stored(pool)).toHaveLength(1)
  })
})

test('by WebSocket what is acknowledged is stored', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool, undefined, { webSocket: ANY })
  const gateway = await connectAsync(house.webSocketUrl ?? '', {
    username: 'gw-made-up',
    password: secret,
    clientId: 'gw-made-up',
    reconnectPeriod: 0,
  })
  await Promise.all(
    Array.from({ length: 200 }, (_, i) => send(gateway, [{ ...motion, t: iso(NOW - i * 1000) }])),
  )
  expect(await stored(pool)).toHaveLength(200)
  await gateway.endAsync()
  await expect.poll(() => house.counts().connections).toBe(0)
})

test('the WebSocket door reads nothing large of a stranger, and says to others what it is', async ({
  pool,
}) => {
  await using house = await openHouse(pool, undefined, { webSocket: ANY })
  const url = house.webSocketUrl ?? ''
  const answer = await fetch(url.replace('ws:', 'http:'))
  expect(answer.status).toBe(426)
  const large = new WebSocket(url, 'mqtt')
  await once(large, 'open')
  const ended = once(large, 'close')
  large.on('error', () => undefined)
  large.send(Buffer.alloc(900_000, 0x10))
  await ended
  expect(house.counts().turned).toEqual({ 'frame-too-large': 1 })
  await expect.poll(() => house.counts().connections).toBe(0)
})

test('a CONNECT in many WebSocket messages is put together', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool, undefined, { webSocket: ANY })
  const socket = new WebSocket(house.webSocketUrl ?? '', 'mqtt')
  await once(socket, 'open')
  const welcome = once(socket, 'message')
  for (const byte of hello('gw-made-up', secret)) socket.send(Buffer.from([byte]))
  const [bytes]: unknown[] = await welcome
  expect(bytes).toEqual(Buffer.from([0x20, 2, 0, 0]))
  socket.terminate()
})

async function openTlsHouse(
  pool: pg.Pool,
  authority: Authority,
  clients: Authority | null = null,
  more: Parameters<typeof openHouse>[2] = {},
): Promise<Broker> {
  const server = await authority.issue('server', 'old.example')
  const tls = { ...ANY, ...server, clientCa: clients?.ca ?? null }
  return await openHouse(pool, undefined, { tls, ...more })
}

async function enter(
  url: string | null,
  authority: Authority,
  options: IClientOptions,
): Promise<MqttClient> {
  return await connectAsync(url ?? '', {
    clientId: 'gw-made-up',
    reconnectPeriod: 0,
    ca: await readFile(authority.ca),
    ...options,
  })
}

async function read({ cert, key }: Pair): Promise<{ cert: Buffer; key: Buffer }> {
  return { cert: await readFile(cert), key: await readFile(key) }
}

async function commonName(house: Broker, authority: Authority): Promise<unknown> {
  const ca = await readFile(authority.ca)
  const socket = connectTls({ host: '127.0.0.1', port: portOf(house.tlsUrl), ca })
  await once(socket, 'secureConnect')
  const name = socket.getPeerCertificate().subject.CN
  socket.destroy()
  return name
}

function portOf(url: string | null): number {
  return Number(new URL(url ?? '').port)
}
