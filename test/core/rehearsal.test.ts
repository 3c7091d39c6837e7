import { describe, expect, test } from 'vitest'
import type { Plan, Target } from '../../schemas/plan.ts'
import { USUAL_QUIET } from '../../services/core/office-hours.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { rehearse, type Rehearsal } from '../../services/core/rehearsal.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { leave, rosterOf, rotation, since0, staff } from './rota.ts'

// A Tuesday at noon in Seoul.
const NOON = Date.parse('2026-03-10T12:00+09:00')
const PEOPLE = [
  staff('kim', 'planner'),
  staff('lee', 'planner'),
  staff('park', 'duty'),
  staff('oh', 'supervisor'),
]
// One target a step, and the same at all hours.
const { danger, ...others } = STANDARD_PLAN.inactivity
const TARGETS: Target[] = [{ type: 'planner' }, { type: 'duty' }, { type: 'supervisor' }]
const steps = danger.steps.map((step, n) => ({ ...step, targets: TARGETS.slice(n, n + 1) }))
const simple = { ...danger, steps, night: steps, holiday: steps }
const PLAN: Plan = { ...STANDARD_PLAN, inactivity: { ...others, danger: simple } }
const DANGER: Rehearsal = {
  plan: PLAN,
  kind: 'inactivity',
  grade: 'danger',
  home: { office: 'gwanak', assignments: [since0('kim')] },
  roster: rosterOf(PEOPLE),
  asks: false,
  quiet: USUAL_QUIET,
}

/** Scenes as "minutes round.step who", with what became of who was not told. */
function lines(given: Rehearsal, from = NOON): string[] {
  return rehearse(given, from).map((scene) => {
    const minute = (scene.at - from) / MINUTE
    if (scene.act === 'ask') return `${minute} the resident until ${(scene.until - from) / MINUTE}`
    const { loop, step, act, meant } = scene
    const who = meant.map(({ person, insteadOf, outcome }) =>
      [person ?? '-', insteadOf && `for ${insteadOf}`, outcome === 'told' ? '' : outcome]
        .filter(Boolean)
        .join(' '),
    )
    return `${minute} ${loop + 1}.${step + 1} ${act === 'tell' ? '' : 'skipped '}${who.join(', ')}`
  })
}

describe('a rehearsal', () => {
  test('goes through every step and round, to the first time that the last step is told again', () => {
    // Danger waits 3 min a step, two rounds, then again.
    expect(lines(DANGER)).toEqual([
      '0 1.1 kim',
      '3 1.2 park',
      '6 1.3 oh',
      '9 2.1 kim',
      '12 2.2 park',
      '15 2.3 oh',
      '18 2.3 oh',
    ])
  })

  test('tells of leave that begins in its middle, of deputies, and of steps that are passed over', () => {
    const roster = rosterOf(PEOPLE, {
      deputies: new Map([['kim', 'lee']]),
      leaves: [leave('kim', NOON + 5 * MINUTE, NOON + DAY)],
      rotations: [rotation(['park'], { bands: ['night'] })],
    })
    expect(lines({ ...DANGER, roster }).slice(0, 5)).toEqual([
      '0 1.1 kim',
      '3 1.2 skipped - nobody',
      '3 1.3 oh',
      '6 2.1 lee for kim',
      '9 2.2 skipped - nobody',
    ])
  })

  test('asks the resident first where there is a way to, but not in quiet hours unless the ladder says so', () => {
    const asked = { ...DANGER, asks: true }
    // Caution asks for 15 minutes, warning for 3 and at night too, danger never.
    const caution = { ...asked, grade: 'caution' } as const
    expect(lines(caution).slice(0, 2)).toEqual(['0 the resident until 15', '15 1.1 kim'])
    expect(lines(asked)[0]).toBe('0 1.1 kim')
    expect(lines({ ...caution, asks: false })[0]).toBe('0 1.1 kim')
    const night = NOON + 14 * HOUR
    expect(lines(caution, night)[0]).toBe('0 1.1 park')
    expect(lines({ ...asked, grade: 'warning' }, night)[0]).toBe('0 the resident until 3')
  })

  test('of a grade that tells nobody is empty', () => {
    expect(lines({ ...DANGER, grade: 'watch' })).toEqual([])
  })

  test('of a ladder that reaches nobody says so of each step, once', () => {
    const nobody = lines({ ...DANGER, roster: rosterOf([]) })
    expect(nobody).toEqual([
      '0 1.1 skipped kim no-channel',
      '0 1.2 skipped - nobody',
      '0 1.3 skipped - nobody',
    ])
  })
})
