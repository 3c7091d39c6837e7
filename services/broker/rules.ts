import type { Aedes, Client, PublishPacket } from 'aedes'
import { TOPIC } from '../../schemas/reading.ts'
import { addRejection } from '../store/gateways.ts'
import { type Refusal, subscribeAs, refusePublish } from './door.ts'
import type { Data } from './frames.ts'
import { weigh } from './limits.ts'
import type { House, Published } from './house.ts'
import { openSignIn } from './sign-in.ts'
import type { Answer } from './turns.ts'
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
    answer(house, client, packet, done)
  }
  aedes.authorizeSubscribe = (client, subscription, done) => {
    // Null is answered with SUBACK 0x80 [MQTT-3.9.3-2].
    const topic = subscribes(house, client, subscription.topic)
    done(null, topic === null ? null : { ...subscription, topic })
  }
  follow(aedes, house)
}

function follow(aedes: Aedes, house: House): void {
  const { deps, visits, visitOf } = house
  aedes.on('clientReady', (client) => {
    const visit = visitOf.get(client)
    if (visit?.gateway) visits.ready(visit, acknowledge(house, visit, visit.gateway))
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

// What comes by way of aedes, which writes the PUBACK when it is done.
function answer(house: House, client: Client, packet: PublishPacket, done: Done): void {
  const visit = house.visitOf.get(client)
  if (!visit || visit.gateway === null) return done(new Error('not signed in'))
  const { length } = packet
  const payload = Buffer.from(packet.payload)
  const said = {
    gateway: visit.gateway,
    topic: packet.topic,
    payload,
    repeated: packet.dup,
  }
  inTurn(house, visit, { said, length: length ?? payload.length }, (error) => {
    // Stored: aedes would keep it for as long as the gateway likes to leave a QoS 2 half done.
    packet.payload = NOTHING
    visit.gate.answers.write()
    done(error)
    // A last will came with the CONNECT and has no length.
    if (length !== undefined) visit.gate.answered(length)
  })
}

const NOTHING = Buffer.alloc(0)

// What comes without aedes, and is acknowledged here.
function acknowledge(house: House, visit: Visit, gateway: string) {
  const topic = TOPIC.data(gateway)
  return ({ messageId, payload, repeated }: Data, length: number): void =>
    inTurn(house, visit, { said: { gateway, topic, payload, repeated }, length }, (error) => {
      // aedes hears of it and ends the connection as it does with its own.
      if (error) visit.conn.destroy(error)
      else visit.gate.answers.acknowledge(messageId)
      visit.gate.answered(length)
    })
}

function inTurn(
  house: House,
  { turns }: Visit,
  { said, length }: { said: Published; length: number },
  answered: Answer,
): void {
  const weight = weigh(length)
  const { room } = house.visits
  room.enter(weight)
  turns.take(take(house, said), (error) => {
    room.leave(weight)
    answered(error && new Error('not stored, so not acknowledged', { cause: error }))
  })
}

// Resolves when it may be acknowledged; rejects when the connection must end without.
function take(house: House, message: Published): Promise<void> {
  const refusal = refusePublish(message.gateway, message.topic, message.payload.length)
  if (!refusal) return house.deps.accept(message)
  house.tally.count(refusal.reason)
  if (refusal.reason !== 'foreign-topic') return refuse(house, message, refusal)
  record(house, message, refusal)
  return Promise.reject(new Error(refusal.detail))
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
