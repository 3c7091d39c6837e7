import { z } from 'zod'
import { Device, Gateway, Household, NO_CONTACTS, Person } from '../../schemas/household.ts'
import type { Millis } from '../../schemas/time.ts'
import { HOUR } from '../core/time.ts'
import { wallClock } from '../clock.ts'
import { signInLink } from '../console/session.ts'
import { type ListedDevice, disableGateway, listDevices, listGateways } from '../store/gateways.ts'
import { addDevice, addGateway, addHousehold, addPerson, rotateSecret } from '../store/homes.ts'
import { Resident, saveResident } from '../store/residents.ts'
import { findPerson } from '../store/staff.ts'
import { UsageError, readEnvironment } from './context.ts'
import { onDatabase, parse } from './database.ts'
import { localMoment } from './moment.ts'
import { change } from './refusal.ts'
import { loadSecrets } from './secrets.ts'

/** `anbu person add`: adds one of the staff. */
export async function personAdd(person: string, given: object): Promise<string> {
  const staff = parse(Person, { ...NO_CONTACTS, ...given, person })
  return await onDatabase(async (pool) => {
    await addPerson(pool, staff)
    return `${staff.person} (${staff.role}) is known; next: anbu person link ${staff.person}`
  })
}

/** `anbu person link`: a link that signs this person in, good for an hour. */
export async function personLink(person: string): Promise<string> {
  const env = readEnvironment(process.env)
  if (!(await onDatabase((pool) => findPerson(pool, person))))
    throw new UsageError(`there is nobody called ${person}; next: anbu person add --help`)
  const secrets = await loadSecrets(env, env.ANBU_DATA_DIR)
  const base = env.ANBU_PUBLIC_URL ?? `http://${env.ANBU_HOST}:${env.ANBU_HTTP_PORT}`
  return signInLink({ key: secrets.sessionKey, base, person, until: wallClock.now() + HOUR })
}

/** `anbu household add`: watches a household from now on. */
export async function householdAdd(household: string, given: object): Promise<string> {
  const home = parse(Household, { planner: null, timeZone: 'Asia/Seoul', ...given, household })
  return await onDatabase(async (pool) => {
    await change(addHousehold(pool, home, wallClock.now()))
    const missing = home.planner === null ? ' It has no planner: nobody is told first.' : ''
    return `${home.household} (${home.alias}) is watched.${missing}`
  })
}

const { name, address, phone } = Resident.shape
/** Who lives in a home as the command reads it. A slip in a field's name must not lose an address. */
const GivenResident = z.strictObject({
  name,
  address: address.default(null),
  phone: phone.default(null),
})

/** What `anbu household resident` reads. */
export const RESIDENT_EXAMPLE =
  '{"name": "가나다", "address": "가상구 없는길 1", "phone": "000-0000-0000"}'

/**
 * `anbu household resident`: seals who lives there. `given` is one JSON object, from standard input: what stands on
 * a command line stays in the history of the shell, and everybody on the machine can see it (ps).
 */
export async function householdResident(household: string, given: string): Promise<string> {
  const resident = parse(GivenResident, readJson(given))
  const env = readEnvironment(process.env)
  const { namesKey } = await loadSecrets(env, env.ANBU_DATA_DIR)
  return await onDatabase(async (pool) => {
    await saveResident(pool, namesKey, household, resident)
    return `who lives in ${household} is sealed`
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Without the cause: it quotes what was written, and that may be a name.
    throw new UsageError(`standard input must be one JSON object, such as ${RESIDENT_EXAMPLE}`)
  }
}

/** `anbu gateway add`: makes a gateway, or gives one a new secret, and shows that once. */
export async function gatewayAdd(gateway: string, household: string): Promise<string> {
  const given = parse(Gateway, { gateway, household })
  return await onDatabase(async (pool) => {
    const secret = await addGateway(pool, given, wallClock.now())
    return credentials(gateway, secret)
  })
}

function credentials(gateway: string, secret: string): string {
  return `user name ${gateway}\nclient id ${gateway}\npassword  ${secret}\nThe password is kept nowhere.`
}

/** `anbu gateway rotate`: a new password, shown once; the old one lets nobody in any more. */
export async function gatewayRotate(gateway: string): Promise<string> {
  return await onDatabase(async (pool) => {
    const secret = await rotateSecret(pool, gateway)
    if (secret === null) throw noSuchGateway(gateway)
    return credentials(gateway, secret)
  })
}

function noSuchGateway(gateway: string): UsageError {
  return new UsageError(`there is no gateway ${gateway}; see: anbu gateway list`)
}

/** `anbu gateway list`: every gateway with when it was last heard. */
export async function gatewayList(): Promise<string> {
  return await onDatabase(async (pool) => {
    const lines = (await listGateways(pool)).map(
      ({ gateway, household, disabled, lastSeen }) =>
        `${gateway}  ${household}  ${disabled ? 'disabled' : heard(lastSeen)}`,
    )
    return lines.length > 0 ? lines.join('\n') : 'no gateways yet; next: anbu gateway add --help'
  })
}

function heard(at: Millis | null): string {
  return at === null
    ? 'never heard'
    : localMoment(at, readEnvironment(process.env).ANBU_TIME_ZONE, 'medium')
}

/** `anbu gateway disable`: lets it in no more. */
export async function gatewayDisable(gateway: string): Promise<string> {
  return await onDatabase(async (pool) => {
    if (!(await disableGateway(pool, gateway, wallClock.now()))) throw noSuchGateway(gateway)
    return `${gateway} is let in no more; a connection that stands ends within a minute`
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

/** `anbu device list`: every device with what it said last, assigned or not. */
export async function deviceList(gateway?: string): Promise<string> {
  return await onDatabase(async (pool) => {
    const devices = await listDevices(pool, gateway ?? null)
    const none = `nothing has been heard${gateway === undefined ? '' : ` at ${gateway}`} yet; see: anbu gateway list`
    return devices.map(inOneLine).join('\n') || none
  })
}

function inOneLine({ gateway, uid, role, room, kind, value, at }: ListedDevice): string {
  const stands = role === null ? 'not assigned' : `${role}, ${room}`
  const said = at === null ? heard(at) : `${kind ?? '?'} ${value ?? '?'}  ${heard(at)}`
  return `${gateway}  ${uid}  ${stands}  ${said}`
}
