import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'
import type { Persona } from './persona.ts'
import type { Plan, Stretch } from './plan.ts'
import { type Random, about, between, gap, happens, oneOf } from './random.ts'

/** The rooms of a simulated home. */
export const ROOMS = ['bedroom', 'living', 'kitchen', 'bathroom', 'entrance'] as const
export type Room = (typeof ROOMS)[number]

/** What somebody may switch on. */
export type Used =
  | 'kettle'
  | 'rice'
  | 'microwave'
  | 'hob'
  | 'tv'
  | 'blanket'
  | 'bidet'
  | 'hairdryer'

/** A while in one place. `pause` is the mean time between two bouts of movement; times count from midnight, in milliseconds. */
export type Stay = {
  readonly from: Millis
  readonly to: Millis
  readonly room: Room | 'out'
  readonly pause: Millis
  readonly uses: Used | null
}

/** A day to be lived: its plan, and that of the day before, whose evening may end on it. */
export type Day = {
  readonly plan: Plan
  readonly before: Plan
  /** How much later this midnight is than that of the day before. */
  readonly gone: Millis
  readonly length: Millis
  readonly winter: number
  /** By how much slower than ever somebody has become: 1 is as ever. */
  readonly slower: number
}

/** What a person does from midnight to midnight, without a hole. */
export function routine(persona: Persona, day: Day, random: Random): readonly Stay[] {
  const { plan, before, gone } = day
  const diary: Diary = { persona, day, random, stays: [], at: 0, toilet: 2 * HOUR }
  const evening = {
    until: before.bed - gone,
    errands: outings(before.outings.map((each) => earlier(each, gone))),
  }
  wake(diary, evening.until, evening.errands)
  const wandering = before.wandering && earlier(before.wandering, gone)
  sleep(diary, Math.max(plan.rise, evening.until + 4 * HOUR), before.drunk, wandering)
  diary.toilet = 0
  wake(diary, plan.bed, errands(persona, plan, random))
  sleep(diary, day.length, plan.drunk, plan.wandering)
  const { stays } = diary
  while (stays.length > 0 && (stays.at(-1)?.from ?? 0) >= day.length) stays.pop()
  const last = stays.pop()
  return last ? [...stays, { ...last, to: Math.min(last.to, day.length) }] : []
}

/** Puts `stay` in place of whatever was to happen in its time. */
export function instead(stays: readonly Stay[], stay: Stay): readonly Stay[] {
  return [
    ...stays.map((each) => ({ ...each, to: Math.min(each.to, stay.from) })),
    stay,
    ...stays.map((each) => ({ ...each, from: Math.max(each.from, stay.to) })),
  ].filter(({ from, to }) => from < to)
}

const earlier = ({ from, to }: Stretch, by: Millis): Stretch => ({ from: from - by, to: to - by })

type Diary = {
  readonly persona: Persona
  readonly day: Day
  readonly random: Random
  readonly stays: Stay[]
  at: Millis
  toilet: Millis
}

function spend(
  diary: Diary,
  room: Stay['room'],
  minutes: number,
  pause: number,
  uses: Stay['uses'],
) {
  const to = diary.at + Math.round(minutes * MINUTE)
  const slower = diary.day.slower * MINUTE
  diary.stays.push({ from: diary.at, to, room, pause: pause * slower, uses })
  diary.at = to
}

function sleep(diary: Diary, until: Millis, drunk: boolean, wandering: Stretch | null): void {
  const turns = diary.persona.turnsEvery * (drunk ? 3 : 1)
  if (wandering && wandering.from >= diary.at && wandering.from < until) {
    lie(diary, wandering.from, turns)
    roam(diary, Math.min(wandering.to, until))
  }
  lie(diary, until, turns)
}

// In bed, but for walks to the toilet.
function lie(diary: Diary, until: Millis, turns: number): void {
  const { persona, random, day } = diary
  const blanket = day.winter > 0.6 ? 'blanket' : null
  while (diary.at < until) {
    const walk = diary.at + gap(random, (8 * HOUR) / persona.nightWalks)
    spend(diary, 'bedroom', (Math.min(walk, until) - diary.at) / MINUTE, turns, blanket)
    if (diary.at < until) spend(diary, 'bathroom', between(random, 3, 7), 0.6, 'bidet')
  }
}

// Through the rooms without an aim; one time in seven out of the door.
function roam(diary: Diary, until: Millis): void {
  const { random } = diary
  if (happens(random, 1 / 7)) leave(diary, diary.at + between(random, 5, 30) * MINUTE)
  while (diary.at < until) spend(diary, oneOf(random, ...ROOMS), between(random, 1, 9), 0.8, null)
}

type Errand = { readonly due: Millis; readonly run: (diary: Diary) => void }

function wake(diary: Diary, until: Millis, due: readonly Errand[]): void {
  const waiting = due.toSorted((a, b) => a.due - b.due)
  while (diary.at < Math.min(until, diary.day.length)) {
    const next = waiting[0]
    if (next && next.due <= diary.at) waiting.shift()?.run(diary)
    else pastime(diary, Math.min(next?.due ?? until, until))
  }
}

function outings(planned: readonly Stretch[]): readonly Errand[] {
  return planned.map(({ from, to }) => ({ due: from, run: (diary) => leave(diary, to) }))
}

function errands(persona: Persona, plan: Plan, random: Random): readonly Errand[] {
  const at = (minutes: number, spread: number) => about(random, minutes, spread) * MINUTE
  const fixed = [
    { due: plan.rise, run: dress },
    { due: plan.rise + between(random, 10, 40) * MINUTE, run: eat },
    { due: at(12 * 60 + 20, persona.varies), run: eat },
    { due: at(18 * 60 + 15, persona.varies), run: eat },
    { due: plan.bed - 20 * MINUTE, run: wash },
  ]
  if (happens(random, persona.naps)) fixed.push({ due: at(13 * 60 + 40, 30), run: nap })
  // A meal whose hour has long passed when a late riser gets up is not made up for.
  return [...fixed.filter(({ due }) => due >= plan.rise), ...outings(plan.outings)]
}

// So many times as often as in a chair.
const WALKING = 40

const walking = ({ persona }: Diary): number => persona.stirsEvery / WALKING

// What a meal is made with: rice from the cooker, soup on the hob, what is left from the microwave; and what else.
const COOKING: readonly [Used, ...Used[]] = ['rice', 'hob', 'microwave', 'kettle', 'kettle']

const BESIDES: readonly [Used | null, ...(Used | null)[]] = ['kettle', 'microwave', null]

function eat(diary: Diary): void {
  const { random, persona } = diary
  if (persona.bedbound) return spend(diary, 'bedroom', 25, persona.stirsEvery / 3, null)
  const uses = happens(random, 0.8) ? oneOf(random, ...COOKING) : null
  spend(diary, 'kitchen', between(random, 8, 20), walking(diary), uses)
  spend(diary, 'kitchen', between(random, 4, 12), walking(diary), oneOf(random, ...BESIDES))
  spend(diary, 'living', between(random, 10, 25), persona.stirsEvery / 2, 'tv')
}

function wash(diary: Diary): void {
  if (diary.persona.bedbound) return spend(diary, 'bedroom', 5, 3, null)
  spend(diary, 'bathroom', between(diary.random, 6, 14), walking(diary), 'hairdryer')
  dress(diary)
}

// The bed is made, and clothes are changed.
function dress(diary: Diary): void {
  spend(diary, 'bedroom', between(diary.random, 4, 12), walking(diary), null)
}

// In a chair before the television, or on the bed.
function nap(diary: Diary): void {
  const { random, persona } = diary
  const inChair = happens(random, 0.4)
  const [room, uses] = inChair ? (['living', 'tv'] as const) : (['bedroom', null] as const)
  spend(diary, room, between(random, 25, 90), persona.turnsEvery, uses)
}

// Out through the entrance and back through it, and back before the evening ends.
function leave(diary: Diary, returns: Millis): void {
  const minutes = (returns - diary.at) / MINUTE - 4
  if (minutes < 3) return
  if (diary.at > 0) spend(diary, 'entrance', 2, 0.7, null)
  spend(diary, 'out', minutes, Infinity, null)
  spend(diary, 'entrance', 2, 0.7, null)
}

function pastime(diary: Diary, until: Millis): void {
  const { random, persona, day } = diary
  if (persona.bedbound || day.plan.ill) return rest(diary, until)
  if (diary.toilet <= diary.at) return visitToilet(diary)
  const { room, minutes, pause, uses } = idle(persona, random)
  const most = Math.max(1, (until - diary.at) / MINUTE)
  spend(diary, room, Math.min(most, between(random, ...minutes)), pause, uses)
}

type Pastime = {
  readonly room: Room
  readonly minutes: readonly [least: number, most: number]
  readonly pause: number
  readonly uses: Used | null
}

// Of hours before the television a third as many are begun as their share of the time, for the others are short.
function idle({ watches, stirsEvery: pause }: Persona, random: Random): Pastime {
  const chance = random() - watches / 3
  if (chance < 0) return { room: 'living', minutes: [20, 120], pause, uses: 'tv' }
  if (chance < 0.07) return { room: 'living', minutes: [15, 90], pause, uses: null }
  if (chance < 0.13) return { room: 'bedroom', minutes: [15, 40], pause: 1.5 * pause, uses: null }
  const walk = { minutes: [3, 12], pause: pause / WALKING } as const
  if (chance < 0.32) return { room: 'kitchen', uses: chance < 0.22 ? 'kettle' : null, ...walk }
  return { room: oneOf(random, ...ABOUT), uses: null, ...walk }
}

// Nobody lingers at the entrance.
const ABOUT = ['living', 'living', 'kitchen', 'bedroom', 'bathroom', 'bedroom'] as const

// In bed by day, too.
function rest(diary: Diary, until: Millis): void {
  const { random, persona } = diary
  if (!persona.bedbound && diary.toilet <= diary.at) return visitToilet(diary)
  const most = Math.max(1, (until - diary.at) / MINUTE)
  spend(diary, 'bedroom', Math.min(most, between(random, 20, 90)), persona.stirsEvery * 2, null)
}

function visitToilet(diary: Diary): void {
  spend(diary, 'bathroom', between(diary.random, 3, 6), walking(diary), 'bidet')
  diary.toilet = diary.at + between(diary.random, 1.5, 3.5) * HOUR
}
