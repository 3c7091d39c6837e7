import type { Told } from '../../services/ingest/decoded.ts'
import { decode } from '../../services/ingest/dialect.ts'

/** When every message of these tests arrives. */
export const ARRIVAL = Date.parse('2026-08-22T09:15:10.000Z')

/** What a message says, in words: `uid kind value nature`, and the time where it is not that of arrival. */
export function said(topic: string, payload: unknown, receivedAt = ARRIVAL): string[] {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const decoded = decode({ gateway: 'gw-made-up', topic, payload: Buffer.from(text) }, receivedAt)
  if (decoded.type === 'readings')
    return [
      ...decoded.readings.map((told) => inWords(told, receivedAt)),
      ...decoded.bad.map((bad) => `bad ${bad}`),
    ]
  if (decoded.type === 'rejection') return [`rejected as ${decoded.reason}`]
  if (decoded.type === 'ignored') return ['ignored']
  const who = decoded.type === 'state' ? 'gateway' : decoded.uid
  return [`${who} ${decoded.online ? 'online' : 'offline'}`]
}

function inWords({ uid, kind, value, nature, at }: Told, receivedAt: number): string {
  const time = at === receivedAt ? '' : ` ${new Date(at).toISOString()}`
  return `${uid} ${kind} ${value} ${nature}${time}`
}
