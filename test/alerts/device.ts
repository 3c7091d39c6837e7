import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto'
import { expect } from 'vitest'
import type { Subscription } from '../../services/store/subscriptions.ts'
import type { Came } from './fake.ts'

/** A browser that has registered at a push service, with keys of its own. */
export type Device = {
  readonly subscription: Subscription
  /** What a message to it says: opened as the browser does (RFC 8291, RFC 8188). */
  open(came: Came): unknown
}

/** Registers a made-up browser at the push service at `url`. */
export function registerDevice(url: string): Device {
  const pair = createECDH('prime256v1')
  const own = pair.generateKeys()
  const auth = randomBytes(16)
  return {
    subscription: {
      endpoint: `${url}/push/${randomBytes(8).toString('hex')}`,
      keys: { p256dh: own.toString('base64url'), auth: auth.toString('base64url') },
    },
    open({ headers, body }) {
      expect(headers['content-encoding']).toBe('aes128gcm')
      const salt = body.subarray(0, 16)
      const theirs = body.subarray(21, 21 + (body[20] ?? 0))
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, theirs])
      const shared = hkdfSync('sha256', pair.computeSecret(theirs), auth, info, 32)
      const derive = (what: string, length: number) =>
        Buffer.from(
          hkdfSync('sha256', Buffer.from(shared), salt, `Content-Encoding: ${what}\0`, length),
        )
      const cipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
      const sealed = body.subarray(21 + theirs.length)
      cipher.setAuthTag(sealed.subarray(-16))
      const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
      // The last record ends with a 2 and padding.
      return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString())
    },
  }
}

/** The claims by which a push service knows who sends: their signature is right, or this fails (RFC 8292). */
export function vapidClaims({ headers }: Came, publicKey: string): unknown {
  const [, token = '', key] = /^vapid t=(.+), k=(.+)$/.exec(headers['authorization'] ?? '') ?? []
  expect(key).toBe(publicKey)
  const [head = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(publicKey, 'base64url')
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const known = {
    key: createPublicKey({ key: jwk, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  } as const
  expect(
    verify('sha256', Buffer.from(`${head}.${claims}`), known, Buffer.from(signature, 'base64url')),
  ).toBe(true)
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}
