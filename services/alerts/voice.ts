import { createHmac } from 'node:crypto'
import { Channel } from '../../schemas/channel.ts'
import type { Voice } from '../store/alerts.ts'
import type { Channels } from './deliver.ts'
import { messageWriter } from './message.ts'

/**
 * How this installation tells people: by the channels that are set up, in our words. With a `passKey` each message links
 * to a page where its reader answers without signing in: `publicUrl` is where staff reach the console, or null.
 */
export function openVoice(options: {
  readonly channels: Channels
  readonly publicUrl: string | null
  readonly passKey: string | null
  readonly asks: boolean
}): Voice {
  const { channels, publicUrl, passKey, asks } = options
  return {
    write: messageWriter(publicUrl),
    channels: Channel.options.filter((each) => channels[each] !== null),
    asks,
    pass: passKey === null || publicUrl === null ? null : passWith(passKey),
  }
}

/** The page on which the reader of a message answers without signing in. */
export function passLink(publicUrl: string, pass: string): string {
  return new URL(`a/${pass}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href
}

// 128 bits that nobody can guess and that need not be kept: a retry makes the very same.
function passWith(key: string): NonNullable<Voice['pass']> {
  return (alert, person, generation) =>
    createHmac('sha256', key)
      .update(`anbu pass ${alert} ${person} ${generation}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url')
}
