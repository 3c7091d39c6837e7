import { createHash, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { GatewayId } from '../../schemas/reading.ts'
import { type KnownGateway, findGateway } from '../store/gateways.ts'
import { hashSecret } from '../store/homes.ts'
import type { Refusal } from './door.ts'
import type { Limits } from './limits.ts'
import { Patience } from './patience.ts'
import { openTurnstile } from './turnstile.ts'

/** What a client certificate says: whose it is, or why it counts for nothing. */
export type Certificate = { readonly gateway: string } | { readonly fault: string }

/** Who somebody says to be. `gateway` is the user name; it may be empty beside a certificate. */
export type Credentials = {
  readonly gateway: string
  readonly secret: string
  readonly clientId: string
  readonly address: string
  readonly certificate: Certificate | null
}

/** What came of a sign-in: the gateway, or why not. */
export type SignIn = { readonly gateway: string } | { readonly refusal: Refusal }

/** Checks who may come in. Rejects when the store cannot be asked. */
export type Check = (given: Credentials) => Promise<SignIn>

// The same words whether the name or the secret is wrong: who guesses learns nothing.
const WRONG: Refusal = {
  reason: 'wrong-password',
  detail: 'user name or password is not right',
}
const LONGEST_CLIENT_ID = 128

/** Opens the check on the gateways of the store. */
export function openCheck(pool: pg.Pool, limits: Limits): Check {
  const lookUp = openTurnstile(limits.lookUps)
  const secrets = openSecrets(limits)
  return async (given) => {
    const gateway = nameOf(given)
    if (typeof gateway !== 'string') return { refusal: gateway }
    const valid = GatewayId.safeParse(gateway).success
    const known = valid ? await lookUp(() => findGateway(pool, gateway)) : null
    if (given.certificate === null) {
      if (!(await secrets.right(given, known))) return { refusal: WRONG }
    } else if (!known) return { refusal: unknownName(gateway) }
    const refusal = refuse(gateway, known, given.clientId)
    return refusal ? { refusal } : { gateway }
  }
}

// A certificate says who somebody is; a user name beside it must not say otherwise.
function nameOf({ certificate, gateway }: Credentials): string | Refusal {
  if (certificate === null) return gateway
  if ('fault' in certificate) return { reason: 'bad-certificate', detail: certificate.fault }
  if (gateway === '' || gateway === certificate.gateway) return certificate.gateway
  const detail = `the certificate is of ${certificate.gateway}, the user name is ${gateway}`
  return { reason: 'bad-certificate', detail }
}

function unknownName(gateway: string): Refusal {
  return { reason: 'bad-certificate', detail: `its common name ${gateway} is no gateway here` }
}

function refuse(gateway: string, known: KnownGateway | null, clientId: string): Refusal | null {
  if (known?.disabled) return { reason: 'disabled', detail: `gateway ${gateway} is disabled` }
  // aedes closes the older of two connections with one client id: nobody may take another's.
  const own = clientId === gateway || clientId.startsWith(`${gateway}:`)
  if (own && clientId.length <= LONGEST_CLIENT_ID) return null
  return {
    reason: 'foreign-client-id',
    detail: `client id must be ${gateway} or ${gateway}:..., at most ${LONGEST_CLIENT_ID} characters`,
  }
}

type Secrets = {
  right(given: Credentials, known: KnownGateway | null): Promise<boolean>
}

function openSecrets(limits: Limits): Secrets {
  // After a power cut a whole district comes back at once. What was right once is compared by its digest,
  // for as long as the store has the same hash: no password derivation, and a rotated secret counts at once.
  const proven = new Map<string, { hash: Buffer; digest: Buffer }>()
  const derive = openTurnstile(limits.derivations)
  const patience = new Patience(Math.random)

  // Undefined: nothing is proven of it yet.
  const isProven = (known: KnownGateway, digest: Buffer): boolean | undefined => {
    const before = proven.get(known.gateway)
    if (!before?.hash.equals(known.hash)) return undefined
    return timingSafeEqual(before.digest, digest)
  }

  const prove = async (known: KnownGateway, secret: string, digest: Buffer): Promise<boolean> => {
    const hash = await derive(() => hashSecret(secret, known.salt))
    const right = timingSafeEqual(hash, known.hash)
    if (right) proven.set(known.gateway, { hash: known.hash, digest })
    return right
  }

  return {
    async right({ gateway, secret, address }, known) {
      const digest = createHash('sha256').update(secret).digest()
      const before = known && isProven(known, digest)
      // Who is known to be right never waits for what others did in its name or from its address.
      if (before) return true
      const [from, name] = [`address ${address}`, `gateway ${gateway}`]
      const now = performance.now()
      const wait = Math.max(patience.wait(from, now), patience.wait(name, now))
      // Held against it from the start: many tries at once would otherwise all find a clean sheet.
      patience.fault(name, now)
      if (wait > 0) await sleep(wait, undefined, { ref: false })
      const right = known && before === undefined ? await prove(known, secret, digest) : false
      if (right) patience.forgive(name, performance.now())
      else patience.fault(from, performance.now())
      return right
    },
  }
}
