import type { Device, Person, Role } from '../../schemas/household.ts'
import { NO_CONTACTS } from '../../schemas/household.ts'
import type { JobName } from '../../schemas/job.ts'
import type { Millis } from '../../schemas/time.ts'
import { SimulatedGateway } from '../../simulator/gateway.ts'
import type { Pipeline, ReplayedHome } from '../../simulator/replay.ts'
import type { stepClock } from '../clock.ts'
import { DAY } from '../core/time.ts'
import { applyEvent } from '../store/alerts.ts'
import { addDevice, addGateway, addHousehold } from '../store/homes.ts'
import { type Outlook, readOutlook } from '../store/outlook.ts'
import { type DueBeside, beginLook, recoveredAlerts } from '../store/replays.ts'
import type { Subject, SubjectHome } from './replay-subject.ts'
import type { Sandbox } from './sandbox.ts'
import type { Addresses } from './services.ts'
import type { StepQueue } from './step-queue.ts'

type StepClock = ReturnType<typeof stepClock>

/**
 * The house in which a replay lives: time moves there when the replay moves it, and jobs run when it says so. `ahead` is
 * the clock of the front door.
 */
export type ReplayHouse = Sandbox<StepClock> & {
  readonly queue: StepQueue
  readonly ahead: StepClock
}

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
  const connected: Promise<void>[] = []
  for (const home of homes) {
    const secret = await add(house, home, from)
    const options = { url: mqtt ?? '', gateway: home.gateway, secret }
    const gateway = open.use(new SimulatedGateway({ ...options, now: () => house.ahead.now() }))
    const { household: _, gateway: __, devices, ...said } = home
    const [exits, buttons] = [uidsOf(devices, 'exit'), uidsOf(devices, 'sos')]
    settled.push({ ...said, gateway, exits, buttons })
    connected.push(gateway.ready())
  }
  await Promise.all(connected)
  return settled
}

function uidsOf(devices: readonly Device[], role: Role): ReadonlySet<string> {
  return new Set(devices.filter((each) => each.role === role).map(({ uid }) => uid))
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

/** The services of a house as a replay moves them: each to its end, at one instant after the other. */
export function pipelineOf({ house, of, answered, onOutlook }: PipelineOptions): Pipeline {
  const { pool, clock, ahead, queue } = house
  let over = clock.now()
  return {
    expect: (horizon) => ahead.moveTo(horizon),
    async outlook(gateways, now) {
      const seen = await readOutlook(pool, gateways, now)
      onOutlook(seen)
      return seen
    },
    async look(at, stirred) {
      clock.moveTo(at)
      const due = await beginLook(pool, { of, at: over, isOver: false }, { at, stirred })
      const isDay = Math.floor(at / DAY) > Math.floor(over / DAY)
      await (isDay ? queue.runAll() : queue.run(jobsFor(due)))
      if (answered) await answer(house)
      over = at
    },
  }
}

function jobsFor({ learn, tell }: DueBeside): JobName[] {
  return [
    ...(learn ? (['learn'] as const) : []),
    'watch',
    ...(tell ? (['escalate', 'deliver'] as const) : []),
  ]
}

// As of the last sign of life: then nothing that is found later depends on when somebody made sure.
async function answer({ pool }: ReplayHouse): Promise<void> {
  for (const { id, back } of await recoveredAlerts(pool))
    await applyEvent(pool, id, { type: 'outcome', by: 'planner', outcome: 'safe', note: '' }, back)
}
