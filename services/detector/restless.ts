import type { Millis } from '../../schemas/time.ts'
import { LONG, NO_TIRELESS, type Restless, restlessAt, takeGoing } from '../core/restless.ts'
import { scantStands, standsSince } from '../core/standing.ts'
import type { Span } from '../core/time.ts'
import type { Db } from '../store/pool.ts'
import { namesOf } from '../store/signals.ts'
import type { WatchedHome } from '../store/watch.ts'

/** Which sensors of a home do not rest, and since when that goes on of which its grade tells. */
export type Goings = { readonly restless: readonly Restless[]; readonly standsSince: Millis | null }

/** Finds out of each home which sensors do not rest. */
export async function lookForRestless(
  db: Db,
  homes: readonly WatchedHome[],
  unseenOf: (home: WatchedHome) => readonly Span[],
  now: Millis,
): Promise<ReadonlyMap<number, Goings>> {
  const found = homes.map((home) => ({ home: home.id, ...goingsOf(home, unseenOf(home), now) }))
  // Which sensor it is need be known only of what may be told of.
  const long = found.flatMap(({ home, restless }) =>
    restless.filter(({ since }) => since < now - LONG).map(({ slot }) => ({ home, slot })),
  )
  const names = Map.groupBy(await namesOf(db, long), ({ home }) => home)
  return new Map(
    found.map(({ home, restless, standsSince: since }) => {
      const named = restless.map((each) => {
        const name = names.get(home)?.find(({ slot }) => slot === each.slot)
        return name ? { ...each, room: name.room, uid: name.uid } : each
      })
      return [home, { restless: named, standsSince: since }]
    }),
  )
}

// What was learnt of it is gone on with by what was heard since.
function goingsOf(home: WatchedHome, unseen: readonly Span[], now: Millis): Goings {
  const { rhythm, spoke } = home
  const learnt = rhythm?.until ?? -1
  const news = spoke.filter(({ number }) => number > learnt)
  const known = rhythm?.tireless ?? NO_TIRELESS
  const { rest, half, slow } = news.reduce((all, each) => takeGoing(all, each, unseen), known)
  return {
    restless: restlessAt({ half: half.going, slow: slow.going }, now, { rest, unseen }),
    standsSince: stands(home, unseen, now),
  }
}

function stands(
  { told, toldScant, spoke, scant, lastExit }: WatchedHome,
  unseen: readonly Span[],
  now: Millis,
): Millis | null {
  if (toldScant) return scantStands(toldScant, { enough: scant, lastExit }, unseen, now)
  return told && standsSince(told, spoke, unseen, now)
}
