import type { Person } from '../../schemas/household.ts'
import { NO_CONTACTS } from '../../schemas/household.ts'
import type { JobName } from '../../schemas/job.ts'
import type { Millis } from '../../schemas/time.ts'
import { SimulatedGateway } from '../../simulator/gateway.ts'
import type { Pipeline, ReplayedHome } from '../../simulator/replay.ts'
import type { stepClock } from '../clock.ts'
import { DAY, HOUR } from '../core/time.ts'
import { applyEvent } from '../store/alerts.ts'
import { addDevice, addGateway, addHousehold } from '../store/homes.ts'
import { type Outlook, gatewaysDue, readOutlook } from '../store/outlook.ts'
import { type Standing, beginStep, recoveredAlerts } from '../store/replays.ts'
import type { Subject, SubjectHome } from './replay-subject.ts'
import type { Sandbox } from './sandbox.ts'
import type { Addresses } from './services.ts'
import type { StepQueue } from './step-queue.ts'

/** The house in which a replay lives: time moves there when the replay moves it, and jobs run when it says so. */
export type ReplayHouse = Sandbox<ReturnType<typeof stepClock>> & { readonly queue: StepQueue }

/** Made-up staff for homes that have none. */
export const STAFF: readonly Person[] = (
  [
    ['planner', '김예시'],
    ['duty', '최당직'],
    ['supervisor', '정감독'],
    ['technician', '한수리'],
  ] as const
).map(([role, name]) => ({
  ...NO_CONTACTS,
  person: role,
  name,
  role,
  office: 'replay',
  email: `${role}@example.org`,
}))

/** Makes the homes known and connects their gateways, each to its own line. */
export async function settle(
  house: ReplayHouse,
  { homes, from }: Subject,
  { mqtt }: Addresses,
  open: AsyncDisposableStack,
): Promise<readonly ReplayedHome[]> {
  const settled: ReplayedHome[] = []
  for (const home of homes) {
    const secret = await add(house, home, from)
    const options = { url: mqtt ?? '', gateway: home.gateway, secret }
    const gateway = open.use(new SimulatedGateway({ ...options, now: () => house.clock.now() }))
    const exits = new Set(home.devices.filter(({ role }) => role === 'exit').map(({ uid }) => uid))
    const { household: _, gateway: __, devices: ___, ...said } = home
    settled.push({ ...said, gateway, exits })
    await gateway.ready()
  }
  return settled
}

async function add(
  { pool }: ReplayHouse,
  { household: recorded, gateway, devices }: SubjectHome,
  now: Millis,
): Promise<string> {
  const { household, timeZone, tier } = recorded
  const place = { office: 'replay', alias: household, dong: '기록', planner: 'planner' }
  await addHousehold(pool, { household, timeZone, tier, ...place }, now)
  const secret = await addGateway(pool, { gateway, household }, now)
  for (const device of devices) await addDevice(pool, device, now)
  return secret
}

/** What the pipeline of a replay needs. `answered`: the made-up planner closes a case when movement is back. */
export type PipelineOptions = {
  readonly house: ReplayHouse
  readonly of: string
  readonly answered: boolean
  /** Hears of what is known after each step. */
  readonly onOutlook: (outlook: Outlook) => void
}

/** The services of a house as a replay moves them: one step after the other, each to its end. */
export function pipelineOf({ house, of, answered, onOutlook }: PipelineOptions): Pipeline {
  const { pool, clock, queue } = house
  let over = clock.now()
  const outlook = async (now: Millis) => {
    const seen = await readOutlook(pool, now)
    onOutlook(seen)
    return seen
  }
  return {
    moveTo: (at) => clock.moveTo(at),
    outlook,
    gatewaysDue: (until) => gatewaysDue(pool, until),
    async look(at) {
      const standing: Standing = { of, at: over, isOver: false }
      await beginStep(pool, standing, at)
      const turned = (span: Millis) => Math.floor(at / span) > Math.floor(over / span)
      if (turned(DAY)) await queue.runAll()
      else await queue.run(jobsAt(await readOutlook(pool, at), at, turned(HOUR)))
      if (answered) await answer(house)
      over = at
    },
  }
}

function jobsAt({ due, learn, tell, close }: Outlook, at: Millis, isHour: boolean): JobName[] {
  const isDue = (each: Millis | null) => each !== null && each <= at
  return [
    ...(isDue(learn) ? (['learn'] as const) : []),
    ...(isHour || close.length > 0 || isDue(due) ? (['watch'] as const) : []),
    ...(isDue(tell) ? (['escalate', 'deliver'] as const) : []),
  ]
}

// As of the last sign of life: then nothing that is found later depends on when somebody made sure.
async function answer({ pool }: ReplayHouse): Promise<void> {
  for (const { id, back } of await recoveredAlerts(pool))
    await applyEvent(pool, id, { type: 'outcome', by: 'planner', outcome: 'safe', note: '' }, back)
}
