import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { HOUR } from '../services/core/time.ts'

/**
 * Says what a meter measured, as gateways do, so that a recording of every six seconds becomes what would have been
 * sent: the whole home with every row, an appliance when it changes, and once an hour when it does not.
 */
export class Meter {
  readonly #uid: string
  readonly #isMains: boolean
  #said: Reading | null = null

  constructor(uid: string, isMains: boolean) {
    this.#uid = uid
    this.#isMains = isMains
  }

  /** What is sent for `value` W at `at`: a reading, or none. */
  report(value: number, at: Millis): readonly Reading[] {
    const said = this.#said
    const isNews = this.#isMains || said?.value !== value
    if (!isNews && at - said.at < HOUR) return []
    const nature = isNews ? 'event' : 'snapshot'
    this.#said = { uid: this.#uid, kind: 'power', value, at, nature }
    return [this.#said]
  }
}
