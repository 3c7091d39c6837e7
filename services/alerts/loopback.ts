import { CANARY, CANARY_ADDRESS } from '../store/canary.ts'
import type { Send } from './deliver.ts'

/**
 * Sends by `way`, but what goes to the canary goes no further than this: it is taken as a provider takes it, so that a
 * message of the machine's own has gone all the way that a person's goes but for the wire.
 */
export function withLoopback(way: Send): Send {
  return (message, to, deliveryId) =>
    to.person === CANARY && to.address === CANARY_ADDRESS
      ? Promise.resolve({ kind: 'accepted', provider: CANARY, providerId: deliveryId })
      : way(message, to, deliveryId)
}
