import { HALF_HOURS } from './silence.ts'
import { FIRST, type Tally, add, cellOf } from './tally.ts'

// An hour to both sides in the time of day, a fifth to both sides in age: triangular weights, 1 in the middle.
const HALVES = 2
const AGES = 0.2

/** Blurs where silences ended and where they were spent. */
export function blur(tally: Tally, ends: Float64Array, spent: Float64Array): void {
  ends.fill(0)
  spent.fill(0)
  for (let half = 0; half < HALF_HOURS; half++)
    for (let age = FIRST; age < HALF_HOURS; age++) {
      const cell = cellOf(half, age)
      const here = tally.spent[cell] ?? 0
      if (here === 0) continue
      spread(spent, half, age, here)
      const ended = tally.ends[cell] ?? 0
      if (ended > 0) spread(ends, half, age, ended)
    }
}

// By how many ages an age spreads; and by that and the distance in ages the weight, for each distance in half hours.
const SPREADS = Uint8Array.from({ length: HALF_HOURS }, (_, age) => Math.round(age * AGES))
const WIDEST = Math.max(...SPREADS) + 1
const FALLS = [0, 1, 2].map((beside) =>
  Float64Array.from({ length: WIDEST * WIDEST }, (_, cell) => {
    const [ages, far] = [Math.floor(cell / WIDEST), cell % WIDEST]
    return (1 - beside / (HALVES + 1)) * (1 - far / (ages + 1))
  }),
)
const [HERE = new Float64Array(), NEAR = new Float64Array(), FAR = new Float64Array()] = FALLS

function spread(into: Float64Array, half: number, age: number, value: number): void {
  const ages = SPREADS[age] ?? 0
  const last = Math.min(HALF_HOURS - 1, age + ages)
  const here = cellOf(half, 0)
  const before = rowBeside(half, -1)
  const after = rowBeside(half, 1)
  const farBefore = rowBeside(half, -2)
  const farAfter = rowBeside(half, 2)
  for (let at = Math.max(0, age - ages); at <= last; at++) {
    const cell = ages * WIDEST + Math.abs(at - age)
    const near = (NEAR[cell] ?? 0) * value
    const far = (FAR[cell] ?? 0) * value
    add(into, here + at, (HERE[cell] ?? 0) * value)
    add(into, before + at, near)
    add(into, after + at, near)
    add(into, farBefore + at, far)
    add(into, farAfter + at, far)
  }
}

function rowBeside(half: number, far: number): number {
  return cellOf((half + far + HALF_HOURS) % HALF_HOURS, 0)
}
