// Arrays as PostgreSQL sends and takes them in binary. What pg makes of a JavaScript array is text, which the
// server must parse: measured at batches of 1,000 rows, 169,000 rows/s as text against 213,000 in binary.

// Type OIDs, from pg_type; they never change.
const BOOL = 16
const INT2 = 21
const INT4 = 23
const FLOAT8 = 701
const TIMESTAMPTZ = 1184

// timestamptz counts microseconds from here.
const EPOCH_2000 = Date.UTC(2000, 0, 1)

/** `boolean[]` of `items`. */
export function booleans<T>(items: readonly T[], value: (item: T) => boolean): Buffer {
  return array(BOOL, 1, items, value, (view, at, yes) => view.setUint8(at, yes ? 1 : 0))
}

/** `smallint[]` of `items`. */
export function smallints<T>(items: readonly T[], value: (item: T) => number): Buffer {
  return array(INT2, 2, items, value, (view, at, int) => view.setInt16(at, int))
}

/** `int[]` of `items`. */
export function ints<T>(items: readonly T[], value: (item: T) => number): Buffer {
  return array(INT4, 4, items, value, (view, at, int) => view.setInt32(at, int))
}

/** `float8[]` of `items`. */
export function floats<T>(items: readonly T[], value: (item: T) => number | null): Buffer {
  return array(FLOAT8, 8, items, value, (view, at, float) => view.setFloat64(at, float))
}

/** `timestamptz[]` of `items`, given in Millis. */
export function instants<T>(items: readonly T[], value: (item: T) => number | null): Buffer {
  return array(TIMESTAMPTZ, 8, items, value, (view, at, millis) => {
    // Microseconds exceed 32 bits, and stay below 2^53 for 250 years: two halves cost less than a BigInt.
    const micros = (millis - EPOCH_2000) * 1000
    view.setInt32(at, Math.floor(micros / 2 ** 32))
    view.setUint32(at + 4, micros >>> 0)
  })
}

// array_send in src/backend/utils/adt/arrayfuncs.c: dimensions, whether there are nulls, the type, then for each
// dimension its length and lower bound, then each element behind its length, which is -1 for null.
const HEAD = 20

function array<T, V>(
  type: number,
  size: number,
  items: readonly T[],
  value: (item: T) => V | null,
  write: (view: DataView, at: number, value: V) => void,
): Buffer {
  const buffer = Buffer.allocUnsafe(HEAD + items.length * (4 + size))
  // A third of what Buffer's own writers cost, which look at each value.
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  view.setInt32(0, items.length > 0 ? 1 : 0)
  view.setInt32(8, type)
  view.setInt32(12, items.length)
  view.setInt32(16, 1)
  let at = HEAD
  let nulls = 0
  for (const item of items) {
    const given = value(item)
    view.setInt32(at, given === null ? -1 : size)
    at += 4
    if (given === null) nulls = 1
    else {
      write(view, at, given)
      at += size
    }
  }
  view.setInt32(4, nulls)
  return buffer.subarray(0, items.length > 0 ? at : EMPTY)
}

// Without elements there is no dimension either.
const EMPTY = 12
