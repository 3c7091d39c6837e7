import { createHash, timingSafeEqual } from 'node:crypto'
import type pg from 'pg'
import { GatewayId, TOPIC } from '../../schemas/reading.ts'
import { type KnownGateway, findGateway } from '../store/gateways.ts'
import { hashSecret } from '../store/homes.ts'

/** Why somebody was not let in, or something was not taken. Each is counted and shown in the console. */
export type Refusal = {
  readonly reason:
    | 'wrong-password'
    | 'disabled'
    | 'foreign-client-id'
    | 'foreign-topic'
    | 'too-large'
  readonly detail: string
}

/** Checks who may come in. */
export type Door = {
  /** Null when the gateway is who it says. Rejects when the store cannot be asked. */
  check(gateway: string, secret: string, clientId: string): Promise<Refusal | null>
}

/** Opens the door on the gateways of the store. */
export function openDoor(pool: pg.Pool): Door {
  // After a power cut a whole district comes back at once. What was right once is compared by its digest,
  // for as long as the store has the same hash: no password derivation, and a rotated secret counts at once.
  const proven = new Map<string, { hash: Buffer; digest: Buffer }>()

  const isRight = async (known: KnownGateway, secret: string): Promise<boolean> => {
    const digest = createHash('sha256').update(secret).digest()
    const before = proven.get(known.gateway)
    if (before?.hash.equals(known.hash)) return timingSafeEqual(before.digest, digest)
    const right = timingSafeEqual(await hashSecret(secret, known.salt), known.hash)
    if (right) proven.set(known.gateway, { hash: known.hash, digest })
    return right
  }

  return {
    async check(gateway, secret, clientId) {
      const known = GatewayId.safeParse(gateway).success ? await findGateway(pool, gateway) : null
      // The same words whether the name or the secret is wrong: who guesses learns nothing.
      if (!known || !(await isRight(known, secret)))
        return { reason: 'wrong-password', detail: 'user name or password is not right' }
      if (known.disabled) return { reason: 'disabled', detail: `gateway ${gateway} is disabled` }
      // aedes closes the older of two connections with one client id: nobody may take another's.
      if (clientId !== gateway && !clientId.startsWith(`${gateway}:`))
        return {
          reason: 'foreign-client-id',
          detail: `client id must be ${gateway} or ${gateway}:...`,
        }
      return null
    },
  }
}

/** The most bytes a telemetry message may have. */
const LARGEST_PAYLOAD = 64 * 1024

/** Whether `gateway` may publish this: into its own branch, and not more than we read. */
export function refusePublish(gateway: string, topic: string, size: number): Refusal | null {
  if (!topic.startsWith(TOPIC.up(gateway)))
    return { reason: 'foreign-topic', detail: `may publish to ${TOPIC.up(gateway)}... only` }
  if (size > LARGEST_PAYLOAD)
    return { reason: 'too-large', detail: `${size} bytes, at most ${LARGEST_PAYLOAD} are read` }
  return null
}

/** Whether `gateway` may read this: its own branch, and no wildcard but at its end. */
export function maySubscribe(gateway: string, filter: string): boolean {
  const own = TOPIC.down(gateway)
  return filter.startsWith(own) && !/[+#]/.test(filter.slice(own.length).replace(/#$/, ''))
}
