import type { Client, ConnectPacket } from 'aedes'
import { setTimeout as sleep } from 'node:timers/promises'
import { addRejection } from '../store/gateways.ts'
import { type SignIn as Result, openCheck } from './credentials.ts'
import type { Refusal } from './door.ts'
import type { House } from './house.ts'
import type { Visit } from './visits.ts'

/** CONNACK return codes (MQTT 3.1.1, table 3.1): 4 bad user name or password, 5 not authorized. */
type ConnackError = Error & { returnCode: 4 | 5 }

/** How a CONNECT is answered. */
export type SignIn = {
  /** Reads what a CONNECT asks for, and changes what it gets. False: the connection is closed instead. */
  begin(client: Client, packet: ConnectPacket): boolean
  /** Checks who it is. Calls `done` with the answer, or closes the connection when there can be none now. */
  answer(
    client: Client,
    given: { gateway: string; secret: string },
    done: (error: ConnackError | null, success: boolean) => void,
  ): Promise<void>
}

/** Opens the sign-in of a house. */
export function openSignIn(house: House): SignIn {
  const { deps, limits, visits, visitOf } = house
  const check = openCheck(deps.pool, limits)
  const record = openRecord(house)
  let busy = 0
  return {
    begin(client, packet) {
      const visit = visitOf.get(client)
      if (!visit) return false
      house.lobby.asked(visit.arrival)
      if (busy >= limits.signingIn) return dismiss(house, visit, 'sign-in-busy')
      settle(house, visit, packet)
      return true
    },

    async answer(client, given, done) {
      const visit = visitOf.get(client)
      if (!visit) return
      const { address } = visit.arrival
      const credentials = { ...given, clientId: client.id, address, certificate: visit.certificate }
      busy++
      const result = await inTime(check(credentials), limits.signInWithin)
      busy--
      // The store cannot be asked. No CONNACK 3: a client such as mqtt.js never tries again after any that refuses.
      if ('error' in result) {
        deps.log.warn({ err: result.error, gateway: given.gateway }, 'cannot check a password now')
        return void dismiss(house, visit, 'store-away')
      }
      if ('gateway' in result) {
        visits.signIn(visit, result.gateway)
        return done(null, true)
      }
      record(given.gateway, result.refusal)
      done(connackError(result.refusal), false)
    },
  }
}

function settle({ limits }: House, visit: Visit, packet: ConnectPacket): void {
  // No session outlives its connection: aedes would queue for it without end. CONNACK says so [MQTT-3.2.2-3].
  packet.clean = true
  // We keep this time ourselves, because aedes counts silence against a gateway that it is we who do not read. A
  // keep-alive of 0 would have no end, and so would a line that died: it is taken for the longest there is.
  const asked = (packet.keepalive ?? 0) * 1000
  visit.silence = 1.5 * (asked > 0 ? Math.min(asked, limits.keepAlive) : limits.keepAlive)
  packet.keepalive = 0
}

function dismiss({ tally }: House, visit: Visit, why: 'sign-in-busy' | 'store-away'): false {
  tally.count(why)
  visit.conn.destroy()
  return false
}

async function inTime(work: Promise<Result>, most: number): Promise<Result | { error: unknown }> {
  const patience = new AbortController()
  const late = sleep(most, { error: new Error(`no answer in ${most} ms`) }, patience)
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } catch (error) {
    return { error }
  } finally {
    patience.abort()
  }
}

// Under a flood of guesses the count goes on, but not every one is worth a statement.
const RECORDS_AT_ONCE = 20

function openRecord({ deps, tally }: House): (gateway: string, refusal: Refusal) => void {
  let recording = 0
  return (gateway, refusal) => {
    tally.count(refusal.reason)
    if (recording >= RECORDS_AT_ONCE) return
    recording++
    const rejection = { gateway, topic: '(connect)', payload: Buffer.alloc(0), ...refusal }
    // The refusal stands whether or not it could be written down.
    addRejection(deps.pool, rejection, deps.clock.now())
      .catch((error: unknown) =>
        deps.log.warn(
          { err: error, gateway, reason: refusal.reason },
          'refused, but not on record',
        ),
      )
      .finally(() => recording--)
  }
}

function connackError({ reason, detail }: Refusal): ConnackError {
  return Object.assign(new Error(detail), { returnCode: returnCode(reason) })
}

function returnCode(reason: Refusal['reason']): 4 | 5 {
  return reason === 'wrong-password' ? 4 : 5
}
