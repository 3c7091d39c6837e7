import type { Millis } from '../../schemas/time.ts'
import { type Lang, duration } from './sentence.ts'
import { HOUR, MINUTE } from './time.ts'

/** What is known of how late everything is; the instants are those since when something should have been done. */
export type Lateness = {
  readonly overdue: Readonly<Record<'deadline' | 'timer' | 'signal' | 'delivery', Millis | null>>
  /** When each service last said that it did its work. */
  readonly pulses: ReadonlyMap<string, Millis>
  /** Messages given up within the last hour: a channel, or an address, that does not work. */
  readonly failed: number
  /** Homes in which somebody or something is back, and whose alert could not be told so. */
  readonly aside: number
  /** Open alerts of persons that nobody has, and of which no message has reached anybody. */
  readonly unreached: number
}

/** Something that is later than it may be, by how much; or that failed (`late` 0). */
export type Fault = { readonly what: string; readonly late: Millis }

/** How often the heartbeat leaves the house, in real milliseconds. */
export const HEARTBEAT = 30_000
// What a round of the canary takes at most, while all goes well.
const CANARY_ROUND = 5 * MINUTE

/** How long a failure is told. */
export const TOLD_FOR = HOUR

/** How late each may be for staff to be told: some sweeps of each, in real milliseconds. */
const MAY_BE_LATE = 2 * MINUTE
/** The canary needs minutes for a round, and one round may be lost. The heartbeat may miss some beats. */
const SLOW: Readonly<Record<string, Millis>> = {
  canary: 3 * CANARY_ROUND,
  heartbeat: 5 * MINUTE,
}

/** What is late or failed. `speed`: how many milliseconds of `now` pass in a real one. Null: the database is away. */
export function faults(found: Lateness | null, speed: number, now: Millis): Fault[] {
  if (!found) return [AWAY]
  const late = (what: string, at: Millis) => ({ what, late: Math.max(0, now - at) })
  const waits = [
    ...[...found.pulses].map(([service, at]) => late(service, at)),
    ...Object.entries(found.overdue).flatMap(([what, at]) => (at === null ? [] : [late(what, at)])),
  ].filter((each) => each.late > (SLOW[each.what] ?? MAY_BE_LATE) * speed)
  const broken = (['unreached', 'failed', 'aside'] as const).filter((what) => found[what] > 0)
  return [...waits, ...broken.map((what) => ({ what, late: 0 }))]
}

const AWAY: Fault = { what: 'database', late: 0 }

// A sweep takes five seconds, and a beat that was sent in the last half minute is still out there: so 60 s after
// anything stops, nobody outside hears us any more.
const FRESH = 25_000
/** Without these, nobody is watched or told: each must have said that it works. */
const VITAL = ['ingest', 'detector', 'alerts', 'delivery'] as const

/**
 * Why no heartbeat may leave the house; none: all is at work. Stricter than what staff are told: whoever listens outside
 * hears from us that readings are taken in, homes looked at, alerts escalated and messages sent, just now.
 */
export function reasonsForSilence(found: Lateness | null, now: Millis): Fault[] {
  if (!found) return [AWAY]
  const stale = VITAL.map((what) => ({ what, at: found.pulses.get(what) ?? 0 }))
  const waiting = Object.entries(found.overdue).flatMap(([what, at]) =>
    at === null ? [] : [{ what, at }],
  )
  const vital = [...stale, ...waiting]
    .map(({ what, at }) => ({ what, late: Math.max(0, now - at) }))
    .filter(({ late }) => late > FRESH)
  const canary = found.pulses.get('canary')
  const lost = canary !== undefined && now - canary > (SLOW['canary'] ?? 0)
  return lost ? [...vital, { what: 'canary', late: now - canary }] : vital
}

/** Says what is late, and what to do. */
export function faultSentence({ what, late }: Fault, lang: Lang): string {
  const say = TEXT[lang][what]
  return say ? say(duration(late, lang)) : OTHER[lang](what, duration(late, lang))
}

type Say = (late: string) => string

const KO: Readonly<Record<string, Say>> = {
  database: () =>
    '데이터베이스가 2초 안에 답하지 않습니다. 서버가 켜져 있는지, 디스크가 찼는지 확인하십시오 (ANBU_DATABASE_URL).',
  ingest: (late) =>
    `${late}째 신호를 받아들이지 않습니다. 그동안은 어느 가구도 판단하지 않습니다. broker 서비스를 다시 시작하십시오.`,
  detector: (late) =>
    `${late}째 가구를 살피지 않았습니다. detector 서비스와 대기열(Redis 또는 PostgreSQL)을 확인하십시오.`,
  alerts: (late) =>
    `${late}째 알림을 넘기지 않았습니다. alerts 서비스와 대기열(Redis 또는 PostgreSQL)을 확인하십시오.`,
  delivery: (late) =>
    `보낼 알림이 ${late}째 나가지 않습니다. 급하면 전화로 알리고, alerts 서비스와 연락 수단을 확인하십시오.`,
  deadline: (late) =>
    `살펴야 할 가구가 ${late}째 밀려 있습니다. detector 서비스가 도는지, 데이터베이스가 느린지 확인하십시오.`,
  timer: (late) =>
    `알림의 다음 단계가 ${late}째 밀려 있습니다. alerts 서비스가 도는지, 데이터베이스가 느린지 확인하십시오.`,
  signal: (late) => `새 신호가 ${late}째 알림이 되지 않았습니다. alerts 서비스를 확인하십시오.`,
  canary: (late) =>
    `시험 가구(카나리아)의 한 바퀴가 ${late}째 끝나지 않았습니다. 신호에서 알림까지 어딘가 막혀 있습니다. broker, detector, alerts를 차례로 확인하십시오.`,
  heartbeat: (late) =>
    `${late}째 밖으로 심박이 나가지 않았습니다. 다른 늦은 것이 없으면 인터넷 연결과 ANBU_HEARTBEAT_URL을 확인하십시오.`,
  aside: () =>
    '다시 움직이셨거나 신호가 돌아왔는데 알림에 적지 못한 가구가 있습니다. 그 알림은 계속 사람을 부릅니다. alerts 서비스의 로그(could not escalate)를 확인하십시오.',
  unreached: () =>
    '아무에게도 닿지 않은 알림이 있습니다. 지금 근무 화면을 열어 누군가 맡고, 연락 준비 화면에서 연락처를, 근무표에서 빈 시간을 고치십시오.',
  failed: () =>
    '지난 한 시간에 끝내 보내지 못한 알림이 있습니다. 근무표의 연락처 화면에서 어느 연락처가 죽었는지 확인하십시오.',
}

const EN: Readonly<Record<string, Say>> = {
  database: () =>
    'The database does not answer within 2 seconds. Check that it runs and that its disk is not full (ANBU_DATABASE_URL).',
  ingest: (late) =>
    `No readings have been taken in for ${late}, and meanwhile no home is judged. Restart the service broker.`,
  detector: (late) =>
    `No home has been looked at for ${late}. Check the service detector, and the queue (Redis or PostgreSQL).`,
  alerts: (late) =>
    `No alert has been escalated for ${late}. Check the service alerts, and the queue (Redis or PostgreSQL).`,
  delivery: (late) =>
    `Messages have not left for ${late}. Telephone if it is urgent; check the service alerts and the channels.`,
  deadline: (late) =>
    `Homes that should be looked at have waited for ${late}. Check that the detector runs and whether the database is slow.`,
  timer: (late) =>
    `The next step of an alert has waited for ${late}. Check that the service alerts runs and whether the database is slow.`,
  signal: (late) => `New signals have not become alerts for ${late}. Check the service alerts.`,
  canary: (late) =>
    `The canary has not come round for ${late}: somewhere between a reading and its alert something is stuck. Check broker, detector and alerts, in this order.`,
  heartbeat: (late) =>
    `No heartbeat has left the house for ${late}. If nothing else is late, check the line and ANBU_HEARTBEAT_URL.`,
  aside: () =>
    'In some home somebody or something is back and its alert could not be told so: it goes on calling. See the log of the service alerts (could not escalate).',
  unreached: () =>
    'There is an alert that has reached nobody. Open the board now and have somebody take it; then mend the addresses (readiness) and the empty hours (roster).',
  failed: () =>
    'Messages of the last hour were given up. See on the readiness page which address is dead.',
}

const TEXT: Readonly<Record<Lang, Readonly<Record<string, Say>>>> = { ko: KO, en: EN }

const OTHER: Readonly<Record<Lang, (what: string, late: string) => string>> = {
  ko: (what, late) => `${what}: ${late} 늦었습니다.`,
  en: (what, late) => `${what} is ${late} late.`,
}
