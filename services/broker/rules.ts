import type { Aedes, Client, PublishPacket } from 'aedes'
import { addRejection } from '../store/gateways.ts'
import { type Refusal, subscribeAs, refusePublish } from './door.ts'
import { weigh } from './gate.ts'
import type { House, Published } from './house.ts'
import { openSignIn } from './sign-in.ts'
import type { Visit } from './visits.ts'

/** Tells aedes who may come in, what it may publish and what it may read. */
export function guard(aedes: Aedes, house: House): void {
  const signIn = openSignIn(house)
  aedes.preConnect = (client, packet, done) => {
    if (signIn.begin(client, packet)) done(null, true)
  }
  aedes.authenticate = (client, username, password, done) => {
    const given = { gateway: username ?? '', secret: password?.toString() ?? '' }
    void signIn.answer(client, given, done)
  }
  // The one hook that runs before the PUBACK and may take its time: aedes acknowledges QoS 1 before it
  // publishes, so whatever came later would be stored after the gateway was told "safe".
  aedes.authorizePublish = (client, packet, done) => {
    // Nobody subscribes to what gateways say, so nothing needs to be kept for later subscribers.
    packet.retain = false
    // The broker's own heartbeats have no client: they stay inside.
    if (!client) return done(null)
    void answer(house, client, packet, done)
  }
  aedes.authorizeSubscribe = (client, subscription, done) => {
    // Null is answered with SUBACK 0x80 [MQTT-3.9.3-2].
    const topic = subscribes(house, client, subscription.topic)
    done(null, topic === null ? null : { ...subscription, topic })
  }
  follow(aedes, house)
}

function follow(aedes: Aedes, { deps, visits, visitOf }: House): void {
  aedes.on('clientReady', (client) => {
    const visit = visitOf.get(client)
    if (visit) visits.ready(visit)
  })
  aedes.on('clientDisconnect', (client) => {
    const gateway = visitOf.get(client)?.gateway
    if (gateway) deps.forget(gateway)
  })
  aedes.on('unsubscribe', (topics, client) => {
    for (const topic of topics) visitOf.get(client)?.subscriptions?.delete(topic)
  })
  for (const event of ['clientError', 'connectionError'] as const)
    aedes.on(event, (client, error) =>
      deps.log.debug({ err: error, gateway: visitOf.get(client)?.gateway }, 'connection ended'),
    )
}

type Done = (error?: Error | null) => void

// The works never throw: they turn every failure into an answer.
async function answer(
  house: House,
  client: Client,
  packet: PublishPacket,
  done: Done,
): Promise<void> {
  const visit = house.visitOf.get(client)
  if (!visit) return done(new Error('not signed in'))
  const { length } = packet
  const weight = weigh(length ?? packet.payload.length)
  house.visits.room.enter(weight)
  const error = await inTurn(visit, take(house, visit, packet))
  house.visits.room.leave(weight)
  // Stored: aedes would keep it for as long as the gateway likes to leave a QoS 2 half done.
  packet.payload = NOTHING
  done(error)
  // A last will came with the CONNECT and has no length.
  if (length !== undefined) visit.gate.answered(length)
}

const NOTHING = Buffer.alloc(0)

function inTurn(visit: Visit, taken: Promise<Error | null>): Promise<Error | null> {
  // Behind the whole turn before, and not only behind its own work: a slow one holds back all that follow.
  const turn = inOrder(visit.turn, taken)
  visit.turn = turn
  return turn
}

async function inOrder<T>(before: Promise<unknown> | null, taken: Promise<T>): Promise<T> {
  await before
  return await taken
}

/** Null when the packet may be acknowledged; an error ends the connection without. */
async function take(
  house: House,
  { gateway }: Visit,
  packet: { topic: string; payload: string | Buffer },
): Promise<Error | null> {
  if (gateway === null) return new Error('not signed in')
  const payload = Buffer.from(packet.payload)
  const message = { gateway, topic: packet.topic, payload }
  const refusal = refusePublish(gateway, packet.topic, payload.length)
  if (refusal) house.tally.count(refusal.reason)
  try {
    if (!refusal) await house.deps.accept(message)
    else if (refusal.reason === 'foreign-topic') record(house, message, refusal)
    else await refuse(house, message, refusal)
  } catch (error) {
    return new Error('not stored, so not acknowledged', { cause: error })
  }
  return refusal?.reason === 'foreign-topic' ? new Error(refusal.detail) : null
}

function refuse({ deps }: House, message: Published, refusal: Refusal): Promise<void> {
  return addRejection(deps.pool, { ...message, ...refusal }, deps.clock.now())
}

// The refusal stands whether or not it could be written down.
function record(house: House, message: Published, refusal: Refusal): void {
  refuse(house, message, refusal).catch((error: unknown) =>
    house.deps.log.warn(
      { err: error, gateway: message.gateway, reason: refusal.reason },
      'refused, but not on record',
    ),
  )
}

function subscribes(
  { limits, tally, visitOf }: House,
  client: Client,
  filter: string,
): string | null {
  const visit = visitOf.get(client)
  if (!visit || visit.gateway === null) return null
  const own = (visit.subscriptions ??= new Set())
  const room = own.has(filter) || own.size < limits.subscriptions
  const topic = room ? subscribeAs(visit.gateway, filter) : null
  if (topic !== null) own.add(filter)
  else tally.count('subscription')
  return topic
}
