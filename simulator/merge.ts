type Timed = { readonly at: number }
type Head<T> = { readonly from: AsyncGenerator<T>; value: T }

/** Merges streams that are each in order of time into one that is. */
export async function* inOrder<T extends Timed>(
  streams: readonly AsyncGenerator<T>[],
): AsyncGenerator<T> {
  const [only] = streams
  // As it stands, should it be out of order too.
  if (only && streams.length === 1) return yield* only
  const heads: Head<T>[] = []
  for (const from of streams) await advance({ from }, heads)
  for (let head = heads.pop(); head; head = heads.pop()) {
    yield head.value
    await advance(head, heads)
  }
}

// Keeps the heads from the latest to the earliest; of two at one instant the one that was there first comes first.
async function advance<T extends Timed>(
  { from }: Pick<Head<T>, 'from'>,
  heads: Head<T>[],
): Promise<void> {
  const next = await from.next()
  if (next.done) return
  const place = heads.findLastIndex((head) => head.value.at > next.value.at)
  heads.splice(place + 1, 0, { from, value: next.value })
}
