import { createCipheriv, createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** Where the push service of a browser takes messages for one device, and with which keys they are sealed (RFC 8291). */
export const Subscription = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).max(1000),
  keys: z.object({
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/, 'an uncompressed point of P-256'),
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}(==)?$/, '16 bytes'),
  }),
})
export type Subscription = z.infer<typeof Subscription>

/** A device of one of the staff that takes push messages. */
export const PushDevice = z.object({
  id: z.int(),
  device: z.string(),
  added: Millis,
  /** When it last said that it showed a message. */
  shown: Millis.nullable(),
})
export type PushDevice = z.infer<typeof PushDevice>

/** Registers a device for a person; one that another person used before is theirs now. */
export async function addSubscription(
  db: Db,
  person: string,
  { endpoint, keys }: Subscription,
  device: string,
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into push_subscription (person, endpoint, p256dh, auth, device, added_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (endpoint) do update set person = excluded.person, p256dh = excluded.p256dh,
       auth = excluded.auth, device = excluded.device`,
    [person, endpoint, keys.p256dh, keys.auth, device, instant(now)],
  )
}

/** Forgets a device: its push service says that it is gone. */
export async function dropSubscription(db: Db, endpoint: string): Promise<void> {
  await db.query('delete from push_subscription where endpoint = $1', [endpoint])
}

/** Forgets a device because its owner wishes so. */
export async function removeDevice(db: Db, person: string, id: number): Promise<void> {
  await db.query('delete from push_subscription where person = $1 and id = $2', [person, id])
}

/** The devices of a person as they see them, the newest first. */
export function devicesOf(db: Db, person: string): Promise<PushDevice[]> {
  return query(
    db,
    PushDevice,
    `select id, device, added_at as added, shown_at as shown from push_subscription
     where person = $1 order by id desc`,
    [person],
  )
}

/** Keeps that a device showed a message. */
export async function markShown(db: Db, id: number, now: Millis): Promise<void> {
  await db.query('update push_subscription set shown_at = $2 where id = $1', [id, instant(now)])
}

const Row = z.object({ id: z.int(), endpoint: z.string(), p256dh: z.string(), auth: z.string() })

/** The devices of a person as a push needs them. */
export async function subscriptionsOf(
  db: Db,
  person: string,
): Promise<(Subscription & { readonly id: number })[]> {
  const rows = await query(
    db,
    Row,
    'select id, endpoint, p256dh, auth from push_subscription where person = $1 order by id',
    [person],
  )
  return rows.map(({ id, endpoint, p256dh, auth }) => ({ id, endpoint, keys: { p256dh, auth } }))
}

/** The pair of keys by which push services know this installation (VAPID, RFC 8292), in base64url. */
export type VapidKeys = { readonly publicKey: string; readonly privateKey: string }

const NONCE = 12
const TAG = 16

/**
 * The keys of this installation, made by whoever asks first, and kept sealed under `namesKey`: every service has the
 * same ones, and devices that registered stay registered.
 */
export async function vapidKeys(db: Db, namesKey: string): Promise<VapidKeys> {
  const fresh = createECDH('prime256v1')
  fresh.generateKeys()
  await db.query(
    `insert into setting (name, value) values ('vapid', $1) on conflict (name) do nothing`,
    [JSON.stringify(seal(namesKey, fresh.getPrivateKey()))],
  )
  const [row] = await query(
    db,
    z.object({ value: z.string() }),
    `select value from setting where name = 'vapid'`,
  )
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(open(namesKey, row?.value ?? ''))
  return {
    publicKey: pair.getPublicKey('base64url'),
    // A leading zero belongs to it.
    privateKey: Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString(
      'base64url',
    ),
  }
}

function seal(namesKey: string, secret: Buffer): string {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(namesKey), nonce)
  const text = Buffer.concat([cipher.update(secret), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}

function open(namesKey: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      sealingKey(namesKey),
      bytes.subarray(0, NONCE),
      {
        authTagLength: TAG,
      },
    )
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()])
  } catch (cause) {
    throw new Error(
      `the key for push messages cannot be opened: ANBU_NAMES_KEY is not the key it was sealed with; to make a new one, with which every device must register anew: delete from setting where name = 'vapid'`,
      { cause },
    )
  }
}

function sealingKey(namesKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', namesKey, '', 'anbu: key of push messages', 32))
}
