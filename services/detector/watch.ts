import type { Millis } from '../../schemas/time.ts'
import { answerPresses } from './calls.ts'
import { spreadChoices } from './choices.ts'
import { lookAtGateways } from './gateways.ts'
import { lookAtHomes } from './homes.ts'
import { endOutages } from './outages.ts'
import { type Watching, checkPipeline } from './pipeline.ts'
import { lookAtSensors } from './sensors.ts'
import type { Tally } from './sweep.ts'

/**
 * One sweep: tells of whoever has called for help, and looks at everything whose deadline has passed. The four clocks one after the other, each only when
 * the one before it runs: the pipeline, the gateways, the sensors, the people. Any number of processes may sweep
 * at once, and one that dies leaves its batch to the next.
 */
export async function watchHomes(watching: Watching, now: Millis): Promise<Tally> {
  const { pool, log } = watching
  const calls = await answerPresses(pool, now)
  const pipeline = await checkPipeline(watching, now)
  if (!pipeline.runs) return { looked: calls, news: calls }
  await spreadChoices(pool, now)
  const gateways = await lookAtGateways(pool, pipeline, now)
  const apart = await endOutages(pool, now)
  const sensors = await lookAtSensors(pool, pipeline, now)
  // Who was out of sight for all of us has a moment to be heard again, or a ceiling would fire for nothing.
  const homes = pipeline.excused > now ? NOTHING : await lookAtHomes(pool, now)
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
