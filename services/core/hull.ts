/** The ages at which a silence is looked at, in half hours: from the first hour to the horizon of four days. */
export const FIRST = 2
export const AGES = 4 * 48 + 1

/**
 * The corners of the lower convex hull of S over M of a silence: its age at each, in half hours, and how steep the hull
 * is from there. `worths`: what waiting is worth at each, as far as it was asked for.
 */
export type Hull = {
  readonly ages: readonly number[]
  readonly slopes: readonly number[]
  readonly worths: number[]
}

// What the last corner is worth: no threshold lies so high, and it can be stored.
const MOST = 1000

// Made once, for a sweep asks thousands of times a second.
const lasts = new Float64Array(AGES)
const waits = new Float64Array(AGES)
const drawn = new Int32Array(AGES)

/**
 * Draws the hull of a silence, of which `lastsTo` says how likely it is to reach an age; it is asked in order. Of one that
 * is drawn up to an age only, waiting is nowhere worth less than of the whole: what is yet to come can only draw it lower.
 */
export function drawHull(lastsTo: (age: number) => number, until = AGES): Hull {
  let count = 0
  let lived = FIRST / 2
  let wait = 0
  for (let age = FIRST; age < until; age++) {
    const last = lastsTo(age)
    lasts[age] = last
    waits[age] = wait
    count = addCorner(count, age)
    wait += lived / 2
    lived += last / 2
  }
  return close(count)
}

/** What waiting is worth at a corner, in nats. */
export function worthAt(hull: Hull, corner: number): number {
  const { slopes, worths } = hull
  if (corner >= slopes.length - 1) return MOST
  return (worths[corner] ??= Math.min(MOST, -Math.log(slopes[corner] ?? 0)))
}

// Andrew's monotone chain (1979), one point at a time.
function addCorner(count: number, age: number): number {
  let kept = count
  while (kept > 1 && steepness(kept - 2, age) <= steepness(kept - 1, age)) kept--
  drawn[kept] = age
  return kept + 1
}

// How much of S is lost for one of M, from a corner to an age.
function steepness(corner: number, age: number): number {
  const from = drawn[corner] ?? 0
  return ((lasts[from] ?? 0) - (lasts[age] ?? 0)) / ((waits[age] ?? 0) - (waits[from] ?? 0))
}

function close(count: number): Hull {
  const ages: number[] = []
  const slopes: number[] = []
  for (let corner = 0; corner < count; corner++) {
    ages.push(drawn[corner] ?? 0)
    slopes.push(corner < count - 1 ? steepness(corner, drawn[corner + 1] ?? 0) : 0)
  }
  return { ages, slopes, worths: [] }
}
