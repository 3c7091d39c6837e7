import { z } from 'zod'
import { GatewayId, Kind, Uid } from './reading.ts'
import { Millis, TimeZone } from './time.ts'

/** How much a household is at risk (위험군): the tier sets the hours after which we always ask. */
export const Tier = z.enum(['high', 'mid', 'low'])
export type Tier = z.infer<typeof Tier>

/** A pseudonym. Names, addresses and telephone numbers are never part of it. */
export const HouseholdId = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,64}$/, '1 to 64 of A-Z, a-z, 0-9, . _ -')
export type HouseholdId = z.infer<typeof HouseholdId>

/**
 * What a device stands for in the home. An `exit` door can end presence; `mains` measures the whole
 * home, `plug` one appliance, both in W; `inner` is everything that only somebody inside can cause; `sos` is a button
 * that calls for help.
 */
export const Role = z.enum(['exit', 'inner', 'mains', 'plug', 'sos'])
export type Role = z.infer<typeof Role>

/** A home that is watched: the pseudonym, where it is to the precision of a dong, and who answers for it. */
export const Household = z.object({
  household: HouseholdId,
  office: z.string().min(1).max(64),
  /** What staff call it, such as "행운동 3호": never a person's name. */
  alias: z.string().min(1).max(64),
  dong: z.string().min(1).max(64),
  timeZone: TimeZone,
  tier: Tier,
  /** Staff id of the assigned welfare planner (복지플래너), or null while unassigned. */
  planner: z.string().nullable(),
})
export type Household = z.infer<typeof Household>

/** A gateway in a home. Its secret is shown once, when it is made. */
export const Gateway = z.object({ gateway: GatewayId, household: HouseholdId })
export type Gateway = z.infer<typeof Gateway>

/** A sensor at a gateway. `kind` is its main reading. */
export const Device = z.object({
  gateway: GatewayId,
  uid: Uid,
  kind: Kind,
  room: z.string().max(64),
  role: Role,
  /** Longer silent than this, in milliseconds, and it is a fault. Null: learnt from how often it reports. */
  silentAfter: Millis.nullable().default(null),
})
export type Device = z.infer<typeof Device>

// A telephone number of Korea, kept as digits: "010-1234-5678" is 01012345678.
const Phone = z
  .string()
  .transform((text) => text.replaceAll(/[ -]/g, ''))
  .pipe(z.string().regex(/^0\d{8,10}$/, 'a telephone number of Korea, such as 010-1234-5678'))

/**
 * What somebody is in an office: welfare planner (복지플래너), duty desk (당직실), supervisor, technician, care corps
 * (우리동네돌봄단), neighbour watcher (이웃살피미).
 */
export const StaffRole = z.enum([
  'planner',
  'duty',
  'supervisor',
  'technician',
  'care',
  'neighbour',
])
export type StaffRole = z.infer<typeof StaffRole>

/** Why a home is watched no more: 이사, 사망, 종료. */
export const LeavingReason = z.enum(['moved', 'died', 'ended'])
export type LeavingReason = z.infer<typeof LeavingReason>

/** Why nothing is raised for a home: 입원, 여행, 동의 철회, 일시 중지. */
export const AbsenceCause = z.enum(['hospital', 'trip', 'consent', 'muted'])
export type AbsenceCause = z.infer<typeof AbsenceCause>

/** Why a home is not watched as it should be, the person's own reasons first. */
export const UnwatchedCause = z.enum([
  ...AbsenceCause.options,
  'gateway',
  'sensor',
  'planner',
  'uncovered',
])
export type UnwatchedCause = z.infer<typeof UnwatchedCause>

/** One of the staff, and where each channel finds them: null means not by that one. */
export const Person = z.object({
  person: z.string().regex(/^[a-z0-9-]{1,40}$/, '1 to 40 of a-z, 0-9, -'),
  name: z.string().min(1).max(64),
  role: StaffRole,
  office: z.string().min(1).max(64),
  email: z.email().nullable(),
  webhook: z.url().nullable(),
  /** For AlimTalk and SMS. */
  phone: Phone.nullable().default(null),
  /** The incoming webhook of a Slack channel. */
  slack: z.url().nullable().default(null),
  /** The topic, which nobody else can guess. */
  ntfy: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/, '1 to 64 of A-Z, a-z, 0-9, - _')
    .nullable()
    .default(null),
  /** Where a control room takes CAP documents. */
  cap: z.url().nullable().default(null),
  /** Whether a device of theirs is registered for Web Push. */
  push: z.boolean().default(false),
})
export type Person = z.infer<typeof Person>

/** Somebody whom nothing reaches. */
export const NO_CONTACTS = {
  email: null,
  webhook: null,
  phone: null,
  slack: null,
  ntfy: null,
  cap: null,
  push: false,
} as const satisfies Partial<Person>
