import type { Message } from '../../schemas/message.ts'
import type { Grade } from '../../schemas/signal.ts'
import { z } from 'zod'
import type { Send } from './deliver.ts'
import { type Ask, jsonIn, refusalIn } from './http.ts'

/** A ntfy server, and the token that may publish to its topics. */
export type NtfyServer = { readonly url: string; readonly token: string | null }

// https://docs.ntfy.sh/publish/#message-priority: 5 rings through a silenced telephone.
const PRIORITY: Readonly<Record<Grade, number>> = { watch: 2, caution: 3, warning: 4, danger: 5 }
// The server cuts a message at 4,096 bytes into an attachment.
const MOST = 3_000

/**
 * Tells by ntfy (https://docs.ntfy.sh/publish): a way that needs nobody's contract and no other part of the house,
 * so that it may also carry the dead man's alarm. The topic is the secret between us and the person.
 */
export function ntfyChannel(server: NtfyServer, ask: Ask, now: () => number): Send {
  return async (message, to) => {
    const { subject, why, todo, link, grade, exercise } = message
    const asked = await ask({
      method: 'POST',
      url: server.url,
      headers: {
        'content-type': 'application/json',
        ...(server.token !== null && { authorization: `Bearer ${server.token}` }),
      },
      body: JSON.stringify({
        topic: to.address,
        title: subject,
        message: [why, todo].join('\n').slice(0, MOST / 3),
        priority: exercise ? PRIORITY.watch : PRIORITY[grade],
        tags: [tagOf(message)],
        ...(link !== null && { click: link }),
      }),
    })
    if ('failure' in asked) return asked.failure
    const refusal = refusalIn(asked.answer, 'ntfy', now())
    if (refusal === null) return { kind: 'accepted', providerId: idIn(asked.answer.text) }
    // No topic can be unknown: what it refuses is our token, or what we say.
    return refusal.kind === 'permanent' ? { ...refusal, fault: 'channel' } : refusal
  }
}

// What asks for nothing has no siren beside it.
function tagOf({ exercise, news }: Message): string {
  return exercise || news !== null ? 'white_check_mark' : 'rotating_light'
}

const Published = z.object({ id: z.string() })

function idIn(text: string): string | null {
  const published = Published.safeParse(jsonIn(text))
  return published.success ? published.data.id : null
}
