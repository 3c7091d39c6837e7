import { TOPIC, isDataTopic } from '../../schemas/reading.ts'

/** Why somebody was not let in, or something was not taken. Each is counted and shown in the console. */
export type Refusal = {
  readonly reason:
    | 'wrong-password'
    | 'bad-certificate'
    | 'disabled'
    | 'foreign-client-id'
    | 'foreign-topic'
    | 'bad-topic'
    | 'too-large'
  readonly detail: string
}

/** The most bytes a telemetry message may have. */
export const LARGEST_PAYLOAD = 64 * 1024

const LONGEST_TOPIC = 256

/**
 * Whether `gateway` may publish this: into its own branch, and whatever an unmodified gateway says in topics of
 * its own (`zigbee2mqtt/...`). Two homes may say the same there: who speaks is known from the credential.
 */
export function refusePublish(gateway: string, topic: string, size: number): Refusal | null {
  // Nearly all that native gateways say: nothing of the topic is left to look at (8 % of the broker's time).
  if (isDataTopic(topic, gateway)) return refuseSize(size)
  const isNative = /^anbu(\/|$)/.test(topic)
  if ((isNative && !topic.startsWith(TOPIC.up(gateway))) || topic.startsWith('$'))
    return { reason: 'foreign-topic', detail: `may publish to ${TOPIC.up(gateway)}... only` }
  // What is not UTF-8 arrives as U+FFFD.
  if (Buffer.byteLength(topic) > LONGEST_TOPIC || /[\p{Cc}\uFFFD]/u.test(topic))
    return { reason: 'bad-topic', detail: `at most ${LONGEST_TOPIC} bytes of text` }
  // In other dialects ingest knows what may be larger, since it says nothing of a home.
  return isNative ? refuseSize(size) : null
}

function refuseSize(size: number): Refusal | null {
  if (size <= LARGEST_PAYLOAD) return null
  return { reason: 'too-large', detail: `${size} bytes, at most ${LARGEST_PAYLOAD} are read` }
}

/**
 * The topic that `gateway` gets for a filter it asks for, or null when it may not have it. Its own branch is
 * what it is. Unmodified gateways also subscribe to the topics they publish (Zigbee2MQTT to `zigbee2mqtt/#`): nothing
 * is ever sent there, and so that no home hears another, all of it becomes one topic to which nobody publishes.
 */
export function subscribeAs(gateway: string, filter: string): string | null {
  const own = TOPIC.down(gateway)
  if (filter.startsWith(own))
    return /[+#]/.test(filter.slice(own.length).replace(/#$/, '')) ? null : filter
  const [first = ''] = filter.split('/', 1)
  return /^(anbu$|\$)|[+#]/.test(first) ? null : `${own}nothing`
}
