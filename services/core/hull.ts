/** The ages at which a silence is looked at, in half hours: from the first hour to the horizon of four days. */
export const FIRST = 2
export const AGES = 4 * 48 + 1

// What the last corner is worth: no threshold lies so high, and it can be stored.
const MOST = 1000

/** How likely a silence is to reach each age: S of the hull that is drawn. */
export const lasts = new Float64Array(AGES)
// The hull that was drawn last. Made once, for a sweep asks thousands of times a second: to keep more than the last costs
// more than to draw anew.
const waited = new Float64Array(AGES)
const lasted = new Float64Array(AGES)
const ages = new Int32Array(AGES)
let corners = 0

/**
 * Draws the lower convex hull of S over M of a silence, of which `lasts` says how likely it is to reach each age, and returns
 * how many corners it has. Of one that is drawn up to an age only, waiting is nowhere worth less than of the whole: what is
 * yet to come can only draw it lower.
 */
export function drawHull(until = AGES): number {
  let lived = FIRST / 2
  let wait = 0
  let count = 0
  for (let age = FIRST; age < until; age++) {
    const last = lasts[age] ?? 0
    // Andrew's monotone chain (1979), one point at a time.
    while (count > 1 && isAbove(count - 1, last, wait)) count--
    ages[count] = age
    lasted[count] = last
    waited[count] = wait
    count++
    wait += lived / 2
    lived += last / 2
  }
  corners = count
  return count
}

// Whether a corner lies on or above the line from the one before it to a point: a product for a quotient on either side.
function isAbove(corner: number, last: number, wait: number): boolean {
  const before = corner - 1
  return (
    ((lasted[before] ?? 0) - last) * (wait - (waited[corner] ?? 0)) <=
    ((lasted[corner] ?? 0) - last) * (wait - (waited[before] ?? 0))
  )
}

/** The age of the silence at a corner, in half hours. */
export function ageAt(corner: number): number {
  return ages[corner] ?? 0
}

/** What waiting is worth at a corner, in nats. */
export function worthAt(corner: number): number {
  if (corner >= corners - 1) return MOST
  const next = corner + 1
  // How much of S is lost for one of M, from here to the next.
  const slope =
    ((lasted[corner] ?? 0) - (lasted[next] ?? 0)) / ((waited[next] ?? 0) - (waited[corner] ?? 0))
  return Math.min(MOST, -Math.log(slope))
}
