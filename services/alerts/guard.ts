import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The code of an error that says that an address may not be spoken to. */
export const REFUSED = 'ANBU_REFUSED'

/** What may be spoken to: every public address, and of the others those in `allowed`, such as "10.1.0.0/16". */
export type Guard = {
  /** Throws when `url` names an address that may not be spoken to, or is no address of the web. */
  readonly check: (url: URL) => void
  /** Resolves a name as `dns.lookup` does, for the connection itself: what was checked is what is connected to. */
  readonly lookup: (name: string, options: LookupOptions, done: Done) => void
}

type Done = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/**
 * Guards against addresses that somebody entered, or a name server changed, so that we would speak to our own
 * machines for them (server-side request forgery): private, loopback, link-local (with it the metadata services of
 * clouds), shared, multicast, and whatever wraps an IPv4 address in an IPv6 one.
 */
export function openGuard(allowed: readonly string[]): Guard {
  const ranges = allowed.map((range) => ipaddr.parseCIDR(range))
  const may = (address: string) => isPublic(address) || ranges.some((range) => isIn(address, range))
  return {
    check(url) {
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw refusal(`${url.protocol} is not spoken`)
      const host = url.hostname.replaceAll(/^\[|\]$/g, '')
      // A literal address is connected to without any lookup.
      if (isIP(host) !== 0 && !may(host)) throw refusal(`${host} is not public`)
    },
    lookup(name, options, done) {
      lookup(name, { ...options, all: true }, (error, found) => {
        if (error) return done(error, [])
        const stranger = found.find(({ address }) => !may(address))
        if (stranger)
          return done(refusal(`${name} is ${stranger.address}, which is not public`), [])
        const [first] = found
        if (options.all || !first) return done(null, found)
        done(null, first.address, first.family)
      })
    },
  }
}

function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast'
}

function isIn(address: string, [range, bits]: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  const parsed = ipaddr.process(address)
  return parsed.kind() === range.kind() && parsed.match(range, bits)
}

function refusal(why: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${why}; ANBU_OUTSIDE_ALLOW could allow it`), { code: REFUSED })
}
