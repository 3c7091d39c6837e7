import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'
import { type Random, between } from './random.ts'
import type { Stay, Used } from './routine.ts'

/** What draws power in a home. The old fridge is one without an inverter. */
export type Appliance = Used | 'fridge' | 'old-fridge'

/** Power drawn from `at` on, in milliseconds after midnight and W. */
export type Draw = { readonly at: Millis; readonly watts: number }

/** What an appliance draws on a day that is lived so, in order of time. `own` is the chance of this one piece. */
export function drawsOf(
  appliance: Appliance,
  stays: readonly Stay[],
  length: Millis,
  { own, random }: { readonly own: Random; readonly random: Random },
): readonly Draw[] {
  if (isHeater(appliance))
    return heating(used(stays, appliance), HEATING[appliance], { own, random })
  switch (appliance) {
    case 'fridge':
    case 'old-fridge':
      return compressor(length, COMPRESSORS[appliance], random)
    case 'rice':
      return riceCooker(used(stays, 'rice'), length, { own, random })
    case 'tv':
      return wholeStay(used(stays, 'tv'), Math.round(between(own, 55, 130)), 0.6)
    case 'blanket':
      return wholeStay(used(stays, 'blanket'), Math.round(between(own, 60, 120)), 0.3)
  }
}

// A small one with an inverter; and one whose rises are as large as a lamp's, as REFIT house 20 shows them day and night.
const COMPRESSORS = { fridge: [19, 27], 'old-fridge': [80, 110] } as const

// Watts and seconds. Kettles and microwaves as those of REFIT 2 and 20 and UK-DALE 2 are on, in recorded minutes (medians
// of 2 to 4 and of 2 to 3), microwaves at 1.3 kW as in REFIT 20 and UK-DALE 2. Assumed: the watts of a kettle for 220 V in
// Korea, for those are of 2.7 to 3 kW; and all of hobs, bidets and hairdryers.
type Range = readonly [least: number, most: number]
type Heat = { readonly watts: Range; readonly seconds: Range }

type Heater = 'kettle' | 'microwave' | 'hob' | 'bidet' | 'hairdryer'

// A bidet (비데) heats its water as it flows.
const HEATING: Readonly<Record<Heater, Heat>> = {
  kettle: { watts: [1760, 2100], seconds: [100, 200] },
  microwave: { watts: [1000, 1340], seconds: [90, 260] },
  hob: { watts: [1100, 1900], seconds: [420, 1300] },
  bidet: { watts: [1050, 1400], seconds: [60, 120] },
  hairdryer: { watts: [1000, 1600], seconds: [120, 360] },
}

const isHeater = (appliance: Appliance): appliance is Heater => Object.hasOwn(HEATING, appliance)

const used = (stays: readonly Stay[], what: Used): readonly Stay[] =>
  stays.filter(({ uses }) => uses === what)

type Chances = { readonly own: Random; readonly random: Random }

function heating(
  stays: readonly Stay[],
  { watts, seconds }: Heat,
  { own, random }: Chances,
): readonly Draw[] {
  const rated = between(own, ...watts)
  const draws: Draw[] = [{ at: 0, watts: 0 }]
  for (const { from } of stays) {
    const at = from + between(random, 20, 70) * 1000
    if (at < (draws.at(-1)?.at ?? 0)) continue
    draws.push({ at, watts: Math.round(rated * between(random, 0.98, 1.02)) })
    draws.push({ at: at + between(random, ...seconds) * 1000, watts: 0 })
  }
  return draws
}

// On for as long as it is used; short walks away leave it on. The watts of sets and blankets are assumed.
function wholeStay(stays: readonly Stay[], watts: number, standby: number): readonly Draw[] {
  const draws: Draw[] = [{ at: 0, watts: standby }]
  let off = -Infinity
  for (const { from, to } of stays) {
    if (from - off < 12 * MINUTE) draws.pop()
    else draws.push({ at: from, watts })
    draws.push({ at: to, watts: standby })
    off = to
  }
  return draws
}

// Half an hour of cooking, then kept warm in bursts for half a day: heat that nobody switches. Its figures are assumed.
function riceCooker(
  stays: readonly Stay[],
  length: Millis,
  { own, random }: Chances,
): readonly Draw[] {
  const cooking = Math.round(between(own, 850, 1150))
  const warming = Math.round(between(own, 35, 70))
  const draws: Draw[] = [{ at: 0, watts: 0.9 }]
  let at = 0
  for (const [i, { from }] of stays.entries()) {
    if (from < at) continue
    at = from + between(random, 25, 38) * MINUTE
    draws.push({ at: from, watts: cooking }, { at, watts: 0.9 })
    const until = Math.min(length, stays[i + 1]?.from ?? Infinity, at + 12 * HOUR)
    for (at += 9 * MINUTE; at + 3 * MINUTE < until; at += between(random, 8, 14) * MINUTE) {
      draws.push({ at, watts: warming })
      at += between(random, 0.6, 2) * MINUTE
      draws.push({ at, watts: 0.9 })
    }
  }
  return draws
}

// A compressor runs by itself, whoever lives or not: 18 minutes in about 50, which is assumed.
function compressor(length: Millis, watts: Range, random: Random): readonly Draw[] {
  const draws: Draw[] = [{ at: 0, watts: 1.8 }]
  let at = random() * 50 * MINUTE
  while (at < length) {
    draws.push({ at, watts: Math.round(between(random, ...watts)) })
    at += between(random, 15, 21) * MINUTE
    draws.push({ at, watts: 1.8 })
    at += between(random, 26, 38) * MINUTE
  }
  return draws
}
