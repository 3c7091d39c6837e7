import type { Rhythm } from '../../../schemas/rhythm.ts'
import { GRADES } from '../../../schemas/signal.ts'
import type { Millis } from '../../../schemas/time.ts'
import { POLICIES, type Policy, type QuietHome, dueUnder, outlook } from '../inactivity.ts'
import { SETTLE } from '../presence.ts'
import { KNOWN_BACK } from '../restless.ts'
import { threshold } from '../tail.ts'
import { spansBeyond } from '../time.ts'
import { type Detector, SWEEP_CEILING, type Silence } from './detector.ts'
import type { Life } from './life.ts'
import { openPupil } from './pupil.ts'

const BUDGETS = [
  10, 6, 4, 3, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.003, 0.001, 1e-4, 1e-6,
  1e-10, 1e-16, 1e-24, 1e-40,
]

/** What the detector's service runs: the same functions, at budgets of so many false signals a home and month. */
export const model: Detector = {
  name: 'anbu',
  unit: 'false signals a home and month',
  settings: BUDGETS,
  open(life, pupil = openPupil(life)) {
    let limits: readonly number[] = limitsOf(pupil.rhythm())
    return {
      learn(until) {
        pupil.learn(until)
        limits = limitsOf(pupil.rhythm())
      },
      // As for the baselines: an absence by the door is no silence, and sensors that go on alone none either. As deployed each
      // has a rule of its own.
      due(silence, out) {
        const { since, where } = silence
        if (where.presence === 'away') return void out.fill(since + SWEEP_CEILING)
        const home = homeOf(
          life,
          { ...silence, lastOther: null, lastCompany: null, restless: [], scant: null },
          pupil.rhythm(),
          SWEPT,
        )
        const due = dueUnder(home, limits, since + SETTLE)
        for (let k = 0; k < out.length; k++) out[k] = due[k] ?? Infinity
      },
    }
  },
}

/** The same as it is deployed, with every rule; its settings are the grades, 0 to 3. */
export const deployed: Detector = {
  name: 'anbu as deployed',
  hearsOn: true,
  unit: 'grade',
  settings: GRADES.map((_, i) => i),
  open(life, pupil = openPupil(life)) {
    return {
      learn: (until) => pupil.learn(until),
      due(silence, out, by) {
        const home = homeOf(life, silence, pupil.rhythm(), POLICIES[life.tier])
        const due = outlook(home, silence.since + SETTLE, by)
        out.set(GRADES.map((grade) => due[grade]))
      },
    }
  },
}

const SWEPT: Policy = { ...POLICIES.low, ceiling: SWEEP_CEILING }

function limitsOf({ tail }: Rhythm): readonly number[] {
  return BUDGETS.map((budget) => threshold(tail, budget))
}

function homeOf(life: Life, silence: Silence, rhythm: Rhythm, policy: Policy): QuietHome {
  const { since, lastInner, lastExit, lastOther, lastCompany, before, stirs, running } = silence
  return {
    timeZone: life.timeZone,
    ...(life.isRest && { isRest: life.isRest }),
    byMotion: life.byMotion ?? false,
    policy,
    rhythm,
    lastActivity: since,
    lastInner,
    lastExit,
    lastRoom: null,
    lastOther,
    lastCompany,
    restless: silence.restless,
    scant: silence.scant,
    before,
    stirs,
    running: running === null ? null : { since: running, room: '', role: 'plug' },
    confirmed: 0,
    unseen: unseenFrom(life, since),
    raised: null,
  }
}

function unseenFrom({ unseen }: Life, since: Millis) {
  return spansBeyond(unseen, since - KNOWN_BACK)
}
