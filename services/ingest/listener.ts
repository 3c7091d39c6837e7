import { setInterval as ticks } from 'node:timers/promises'
import { openKeeper } from '../store/keeper.ts'
import { type Subscriber, type SubscriberDeps, startSubscriber } from './subscriber.ts'

// Real milliseconds between two looks at whether it is ours to listen.
const LOOK = 1000

/**
 * Listens at a broker of another house while no other process of this installation does, and else stands by. What a hub
 * says again, and what power rises from, is told from what came before (`memory.ts`): of messages that a broker deals out
 * to two processes each knew half, and a third of the uses of a door were no news to whoever got them.
 */
export function openListener(deps: SubscriberDeps): Subscriber {
  const { host, pathname } = new URL(deps.url)
  const keeper = openKeeper(deps.pool, `listener ${host}${pathname}`)
  const stop = new AbortController()
  let subscriber: Subscriber | null = null
  let wasOurs = true
  const look = async (): Promise<void> => {
    // The lock is lost with PostgreSQL, and without that nothing could be stored: the broker keeps what comes.
    const isOurs = await keeper.holds().catch(() => false)
    if (wasOurs && !isOurs)
      deps.log.info('stands by: another process listens, or PostgreSQL is away')
    wasOurs = isOurs
    if (isOurs) subscriber ??= startSubscriber(deps)
    else subscriber = await end(subscriber)
  }
  const run = async () => {
    await look()
    for await (const _ of ticks(LOOK, null, { signal: stop.signal })) await look()
  }
  const running = run().catch(() => undefined) // ends by the abort, and by nothing else: look never throws
  return {
    isListening: () => subscriber?.isListening() ?? false,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      await end(subscriber)
      await keeper[Symbol.asyncDispose]()
    },
  }
}

async function end(subscriber: Subscriber | null): Promise<null> {
  await subscriber?.[Symbol.asyncDispose]()
  return null
}
