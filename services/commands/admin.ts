import type pg from 'pg'
import type { z } from 'zod'
import { Device, Household, Person } from '../../schemas/household.ts'
import { HOUR } from '../core/time.ts'
import { wallClock } from '../clock.ts'
import { signInLink } from '../console/session.ts'
import { disableGateway, listGateways } from '../store/gateways.ts'
import { addDevice, addGateway, addHousehold, addPerson } from '../store/homes.ts'
import { openPool } from '../store/pool.ts'
import { Resident, saveResident } from '../store/residents.ts'
import { UsageError, openDatabase, openLog, readEnvironment } from './context.ts'
import { loadSecrets } from './secrets.ts'
import { migrateAt } from './start.ts'

/** `anbu person add`: adds one of the staff. */
export async function personAdd(person: string, given: object): Promise<string> {
  const staff = parse(Person, { email: null, webhook: null, ...given, person })
  return await onDatabase(async (pool) => {
    await addPerson(pool, staff)
    return `${staff.person} (${staff.role}) is known; next: anbu person link ${staff.person}`
  })
}

/** `anbu person link`: a link that signs this person in, good for an hour. */
export async function personLink(person: string): Promise<string> {
  const env = readEnvironment(process.env)
  const secrets = await loadSecrets(env, env.ANBU_DATA_DIR)
  const base = env.ANBU_PUBLIC_URL ?? `http://${env.ANBU_HOST}:${env.ANBU_HTTP_PORT}`
  return signInLink({ key: secrets.sessionKey, base, person, until: wallClock.now() + HOUR })
}

/** `anbu household add`: watches a household from now on. */
export async function householdAdd(household: string, given: object): Promise<string> {
  const home = parse(Household, { planner: null, timeZone: 'Asia/Seoul', ...given, household })
  return await onDatabase(async (pool) => {
    await addHousehold(pool, home, wallClock.now())
    const missing = home.planner === null ? ' It has no planner: nobody is told first.' : ''
    return `${home.household} (${home.alias}) is watched.${missing}`
  })
}

/** `anbu household resident`: seals who lives there. */
export async function householdResident(household: string, given: object): Promise<string> {
  const resident = parse(Resident, { address: null, phone: null, ...given })
  const env = readEnvironment(process.env)
  const { namesKey } = await loadSecrets(env, env.ANBU_DATA_DIR)
  return await onDatabase(async (pool) => {
    await saveResident(pool, namesKey, household, resident)
    return `who lives in ${household} is sealed`
  })
}

/** `anbu gateway add`: makes a gateway, or gives one a new secret, and shows that once. */
export async function gatewayAdd(gateway: string, household: string): Promise<string> {
  return await onDatabase(async (pool) => {
    const secret = await addGateway(pool, { gateway, household }, wallClock.now())
    return `user name ${gateway}\nclient id ${gateway}\npassword  ${secret}\nThe password is kept nowhere.`
  })
}

/** `anbu gateway list`: every gateway with when it was last heard. */
export async function gatewayList(): Promise<string> {
  return await onDatabase(async (pool) => {
    const gateways = await listGateways(pool)
    const lines = gateways.map((each) => {
      const seen = each.lastSeen === null ? 'never heard' : new Date(each.lastSeen).toISOString()
      return `${each.gateway}  ${each.household}  ${each.disabled ? 'disabled' : seen}`
    })
    return lines.length > 0 ? lines.join('\n') : 'no gateways yet; next: anbu gateway add --help'
  })
}

/** `anbu gateway disable`: lets it in no more. */
export async function gatewayDisable(gateway: string): Promise<string> {
  return await onDatabase(async (pool) => {
    if (!(await disableGateway(pool, gateway, wallClock.now())))
      throw new UsageError(`there is no gateway ${gateway}; see: anbu gateway list`)
    return `${gateway} is let in no more, from its next connection on`
  })
}

/** `anbu device assign`: says what a device of a gateway stands for. */
export async function deviceAssign(gateway: string, uid: string, given: object): Promise<string> {
  const device = parse(Device, { ...given, gateway, uid })
  return await onDatabase(async (pool) => {
    await addDevice(pool, device, wallClock.now())
    return `${uid} at ${gateway} counts as ${device.role} in ${device.room}`
  })
}

function parse<T>(schema: z.ZodType<T>, given: object): T {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new UsageError(wrong.join('\n'))
}

async function onDatabase<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const env = readEnvironment(process.env)
  await using open = new AsyncDisposableStack()
  const databaseUrl = await openDatabase(env, env.ANBU_DATA_DIR, openLog(env), open)
  await migrateAt(databaseUrl)
  const pool = open.adopt(openPool(databaseUrl, { max: 2 }), (each) => each.end())
  return await work(pool)
}
