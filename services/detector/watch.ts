import type { Millis } from '../../schemas/time.ts'
import { readDue } from '../store/due.ts'
import { answerPresses } from './calls.ts'
import { spreadChoices } from './choices.ts'
import { lookAtGateways } from './gateways.ts'
import { lookAtHomes } from './homes.ts'
import { endOutages } from './outages.ts'
import { type Watching, checkPipeline } from './pipeline.ts'
import { lookAtSensors } from './sensors.ts'
import type { Tally } from './sweep.ts'

/**
 * One sweep: tells of whoever has called for help, and looks at everything whose deadline has passed. The four clocks one
 * after the other, each only when the one before it runs: the pipeline, the gateways, the sensors, the people. Any number
 * of processes may sweep at once, and one that dies leaves its batch to the next.
 */
export async function watchHomes(watching: Watching, now: Millis): Promise<Tally> {
  const { pool, log } = watching
  const due = await readDue(pool, now)
  const calls = due.calls ? await answerPresses(pool, now) : 0
  const pipeline = await checkPipeline(watching, now)
  if (!pipeline.runs) return { looked: calls, news: calls }
  if (due.choices) await spreadChoices(pool, now)
  const gateways = await only(due.gateways, () => lookAtGateways(pool, pipeline, now))
  const apart = due.outages ? await endOutages(pool, now) : 0
  const sensors = await only(due.sensors, () => lookAtSensors(pool, pipeline, now))
  // Each of the others may have had homes looked at. Who was out of sight for all of us has a moment to be heard again, or a
  // ceiling would fire for nothing.
  const isDue = [due.homes, due.choices, gateways.looked > 0, sensors.looked > 0].includes(true)
  const isExcused = pipeline.excused > now
  const homes = await only(isDue && !isExcused, () => lookAtHomes(pool, now))
  const tally = {
    looked: calls + gateways.looked + sensors.looked + homes.looked,
    news: calls + gateways.news + apart + sensors.news + homes.news,
  }
  if (tally.news > 0)
    log.info(
      { calls, gateways: gateways.news, sensors: sensors.news, homes: homes.news },
      'news found',
    )
  return tally
}

const NOTHING: Tally = { looked: 0, news: 0 }

function only(isDue: boolean, look: () => Promise<Tally>): Promise<Tally> {
  return isDue ? look() : Promise.resolve(NOTHING)
}
