import type { Grade, Presence } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'

/**
 * After how many times the tier's hours a grade comes whatever the model says. They are asked about at once; that it is
 * grave the hours alone do not say while it is likelier that somebody left unseen.
 */
const STRETCH: Readonly<Record<Grade, number>> = {
  watch: 1,
  caution: 1,
  warning: 2,
  danger: 4,
}
/** When the person was seen to leave, nobody is asked in the first night: the board shows it. */
const AWAY_STRETCH: Readonly<Record<Grade, number>> = {
  watch: 1,
  caution: 2,
  warning: 3,
  danger: 4,
}

/** After how long a silence, or an absence, of this grade staff are always told; `ceiling`: the tier's hours. */
export function ceilingFor(ceiling: Millis, presence: Presence, grade: Grade): Millis {
  return ceiling * (presence === 'away' ? AWAY_STRETCH : STRETCH)[grade]
}
