import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'
import type { Persona } from './persona.ts'
import { type Random, about, between, gap, oneOf } from './random.ts'

/** The rooms of a simulated home. */
export const ROOMS = ['bedroom', 'living', 'kitchen', 'bathroom', 'entrance'] as const
export type Room = (typeof ROOMS)[number]

/** A while in one place. `pause` is the mean time between two movements; times count from midnight, in milliseconds. */
export type Stay = {
  readonly from: Millis
  readonly to: Millis
  readonly room: Room | 'out'
  readonly pause: Millis
  readonly uses: 'kettle' | 'tv' | null
}

/** When a person gets up on a day and goes to bed at its end, from its midnight, in milliseconds. */
export type Hours = { readonly rise: Millis; readonly bed: Millis }

/** Draws the hours of a day. */
export function hoursOf(persona: Persona, weekend: boolean, random: Random): Hours {
  const later = weekend ? persona.weekendLater : 0
  return {
    rise: Math.round(about(random, persona.rises + later, persona.varies) * MINUTE),
    bed: Math.round(about(random, persona.retires + later, persona.varies) * MINUTE),
  }
}

/** A day as it will be lived. `lateUntil`: when the evening before ended, from this midnight. */
export type Day = Hours & {
  readonly weekend: boolean
  readonly lateUntil: Millis
  readonly length: Millis
}

/** What a person does from midnight to midnight, without a hole. */
export function routine(persona: Persona, day: Day, random: Random): readonly Stay[] {
  const diary: Diary = { persona, random, stays: [], at: 0, toilet: 2 * HOUR }
  wake(diary, day.lateUntil, [])
  sleep(diary, day.rise)
  diary.toilet = 0
  wake(diary, day.bed, errands(persona, day, random))
  sleep(diary, day.length)
  return diary.stays
    .map((stay) => ({ ...stay, to: Math.min(stay.to, day.length) }))
    .filter(({ from, to }) => from < to)
}

/** Puts `stay` in place of whatever was to happen in its time. */
export function instead(stays: readonly Stay[], stay: Stay): readonly Stay[] {
  return [
    ...stays.map((each) => ({ ...each, to: Math.min(each.to, stay.from) })),
    stay,
    ...stays.map((each) => ({ ...each, from: Math.max(each.from, stay.to) })),
  ].filter(({ from, to }) => from < to)
}

type Diary = {
  readonly persona: Persona
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
  diary.stays.push({ from: diary.at, to, room, pause: pause * MINUTE, uses })
  diary.at = to
}

function sleep(diary: Diary, until: Millis): void {
  const { persona, random } = diary
  while (diary.at < until) {
    const walk = diary.at + gap(random, (8 * HOUR) / persona.nightWalks)
    spend(diary, 'bedroom', (Math.min(walk, until) - diary.at) / MINUTE, persona.turnsEvery, null)
    if (diary.at < until) spend(diary, 'bathroom', between(random, 3, 7), 1, null)
  }
}

type Errand = { readonly due: Millis; readonly run: (diary: Diary) => void }

function wake(diary: Diary, until: Millis, due: readonly Errand[]): void {
  const waiting = due.toSorted((a, b) => a.due - b.due)
  while (diary.at < until) {
    const next = waiting[0]
    if (next && next.due <= diary.at) waiting.shift()?.run(diary)
    else pastime(diary, Math.min(next?.due ?? until, until))
  }
}

function errands(persona: Persona, day: Day, random: Random): readonly Errand[] {
  const at = (minutes: number, spread: number) => about(random, minutes, spread) * MINUTE
  const outings = persona.outings
    .filter(({ weekday, weekend }) => random() < (day.weekend ? weekend : weekday))
    .map(({ leaves, lasts }): Errand => {
      const minutes = between(random, 0.6, 1.4) * lasts
      return { due: at(leaves, persona.varies), run: (diary) => goOut(diary, minutes, day.bed) }
    })
  const fixed = [
    { due: day.rise + between(random, 10, 40) * MINUTE, run: eat },
    { due: at(12 * 60 + 20, persona.varies), run: eat },
    { due: at(18 * 60 + 15, persona.varies), run: eat },
    { due: day.bed - 20 * MINUTE, run: wash },
  ]
  // A meal whose hour has long passed when a late riser gets up is not made up for.
  return [...fixed.filter(({ due }) => due >= day.rise), ...outings]
}

const walking = ({ persona }: Diary): number => persona.stirsEvery / 6

function eat(diary: Diary): void {
  const { random } = diary
  spend(diary, 'kitchen', between(random, 12, 30), walking(diary), random() < 0.7 ? 'kettle' : null)
  spend(diary, 'living', between(random, 10, 25), diary.persona.stirsEvery / 2, 'tv')
}

function wash(diary: Diary): void {
  spend(diary, 'bathroom', between(diary.random, 6, 14), walking(diary), null)
}

// Home well before bedtime: nobody is still out at midnight, where one day is joined to the next.
function goOut(diary: Diary, minutes: number, bed: Millis): void {
  const lasts = Math.min(minutes, (bed - diary.at) / MINUTE - 45)
  if (lasts < 15) return
  spend(diary, 'entrance', 2, 0.7, null)
  spend(diary, 'out', lasts, Infinity, null)
  spend(diary, 'entrance', 2, 0.7, null)
}

function pastime(diary: Diary, until: Millis): void {
  const { random } = diary
  if (diary.toilet <= diary.at) return visitToilet(diary)
  const most = Math.max(1, (until - diary.at) / MINUTE)
  const minutes = (low: number, high: number) => Math.min(most, between(random, low, high))
  const stirs = diary.persona.stirsEvery
  const chance = random()
  if (chance < 0.5) spend(diary, 'living', minutes(15, 60), stirs, 'tv')
  else if (chance < 0.62) spend(diary, 'bedroom', minutes(15, 40), stirs * 1.5, null)
  else if (chance < 0.74) spend(diary, 'kitchen', minutes(4, 8), walking(diary), 'kettle')
  else spend(diary, oneOf(random, ...ROOMS), minutes(2, 7), walking(diary), null)
}

function visitToilet(diary: Diary): void {
  spend(diary, 'bathroom', between(diary.random, 3, 6), walking(diary), null)
  diary.toilet = diary.at + between(diary.random, 1.5, 3.5) * HOUR
}
