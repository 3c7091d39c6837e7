import { Writable } from 'node:stream'
import { writeToStream } from 'mqtt-packet'

// Longer ones are not kept.
const KEPT = 16_384

let isDone = false

/**
 * Has mqtt-packet make the bytes of each length that it keeps, once for this process. It keeps them for ever, and with
 * each the 64 KiB of Node's pool that they were cut from: made one by one, as messages of that length are sent, they come
 * to hold up to a gigabyte; made in a row they lie side by side in 128 KiB.
 */
export function keepLengths(): void {
  if (isDone) return
  isDone = true
  const nowhere = new Writable({ write: (_, __, done) => done() })
  const zeros = Buffer.alloc(KEPT)
  const said = { cmd: 'publish', topic: '/', qos: 0, dup: false, retain: false } as const
  // Two bytes for the length of the topic, and one for the topic.
  for (let length = 3; length < KEPT; length++)
    writeToStream({ ...said, payload: zeros.subarray(3, length) }, nowhere)
}
