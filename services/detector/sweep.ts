import type pg from 'pg'
import { type Db, transaction } from '../store/pool.ts'

/** How many things a sweep has looked at, and how much of it the alert service must know. */
export type Tally = { readonly looked: number; readonly news: number }

/** What one batch has come to; `last` is the key to go on after, or null when nothing is left. */
export type Batch<Key> = Tally & { readonly last: Key | null }

/**
 * Works through everything that is due, a batch a transaction, in the order of its key: each thing at most once in
 * a sweep, whatever it comes to.
 */
export async function sweep<Key>(
  pool: pg.Pool,
  first: Key,
  work: (db: Db, after: Key) => Promise<Batch<Key>>,
): Promise<Tally> {
  let tally: Tally = { looked: 0, news: 0 }
  for (let after: Key | null = first; after !== null;) {
    const from: Key = after
    const batch = await transaction(pool, (db) => work(db, from))
    tally = { looked: tally.looked + batch.looked, news: tally.news + batch.news }
    after = batch.last
  }
  return tally
}
