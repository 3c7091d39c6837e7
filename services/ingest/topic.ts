import { GatewayId } from '../../schemas/reading.ts'

/** The named parts of a topic of this shape, empty where it has none; null for a topic of another shape. */
export function partsOf(shape: RegExp, topic: string): ((name: string) => string) | null {
  const groups = shape.exec(topic)?.groups
  return groups ? (name) => groups[name] ?? '' : null
}

/**
 * Who said what, where a broker of another house passes it on: `g/<gateway>/<original topic>` for what
 * gateways publish unchanged, and our own `anbu/1/<gateway>/up/...` as it stands. Null for anything else.
 */
export function addressed(topic: string): { gateway: string; topic: string } | null {
  const native = partsOf(/^anbu\/1\/(?<gateway>[^/]+)\/up\//, topic)
  const mounted = partsOf(/^g\/(?<gateway>[^/]+)\/(?<topic>.+)$/s, topic)
  const gateway = (native ?? mounted)?.('gateway')
  if (!GatewayId.safeParse(gateway).success || gateway === undefined) return null
  return { gateway, topic: mounted?.('topic') ?? topic }
}
