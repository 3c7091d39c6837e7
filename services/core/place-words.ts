import type { StaffRole } from '../../schemas/household.ts'
import type { Band, Target } from '../../schemas/plan.ts'

type Lang = 'ko' | 'en'

/** The word for a sort of time. */
export function bandWord(band: Band, lang: Lang): string {
  return BANDS[lang][band]
}

/** The words for whom a step means, without naming anybody. */
export function placeWords(targets: readonly Target[], lang: Lang): string {
  return targets.map((target) => placeWord(target, lang)).join('·')
}

/** The word for one whom a step means, without naming anybody. */
export function placeWord(target: Target, lang: Lang): string {
  return target.type === 'role' ? ROLES[lang][target.role] : PLACES[lang][target.type]
}

const BANDS: Readonly<Record<Lang, Readonly<Record<Band, string>>>> = {
  ko: { office: '근무 시간', night: '밤', holiday: '휴일' },
  en: { office: 'in office hours', night: 'by night', holiday: 'on days of rest' },
}

const ROLES: Readonly<Record<Lang, Readonly<Record<StaffRole, string>>>> = {
  ko: {
    planner: '복지플래너 모두',
    duty: '당직실 모두',
    supervisor: '책임자 모두',
    technician: '기기 담당',
    care: '돌봄단 모두',
    neighbour: '이웃살피미 모두',
  },
  en: {
    planner: 'all planners',
    duty: 'the whole duty desk',
    supervisor: 'all supervisors',
    technician: 'technicians',
    care: 'all of the care corps',
    neighbour: 'all neighbour watchers',
  },
}

const PLACES: Readonly<Record<Lang, Readonly<Record<Exclude<Target['type'], 'role'>, string>>>> = {
  ko: {
    planner: '담당 복지플래너',
    deputy: '대직자',
    duty: '당직자',
    care: '우리동네돌봄단',
    neighbour: '이웃살피미',
    supervisor: '책임자',
    person: '지정한 사람',
    webhook: '바깥 기관',
  },
  en: {
    planner: 'the planner',
    deputy: 'the deputy',
    duty: 'the duty desk',
    care: 'care corps',
    neighbour: 'a neighbour',
    supervisor: 'the supervisor',
    person: 'a person by name',
    webhook: 'a machine outside',
  },
}
