import type { SeenAs, SeenWhy } from '../../schemas/seen.ts'

type Lang = 'ko' | 'en'

/** The word for where the person is thought to be. */
export function seenWord(as: SeenAs, lang: Lang): string {
  return WORDS[lang][as]
}

/** Why they are thought to be there, in one sentence. */
export function whySentence(why: SeenWhy, lang: Lang): string {
  const words = WHY[lang]
  if (why.code === 'night') return words.night(clock(why.from), clock(why.to))
  if (why.code === 'crowded') return words.crowded(why.signs, why.usual, why.byDoor)
  return words[why.code]
}

function clock(minutes: number): string {
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

const WORDS: Readonly<Record<Lang, Readonly<Record<SeenAs, string>>>> = {
  ko: { home: '집', away: '외출', asleep: '주무심', visitor: '방문객 있음', blind: '볼 수 없음' },
  en: {
    home: 'at home',
    away: 'out',
    asleep: 'asleep',
    visitor: 'with a visitor',
    blind: 'cannot be watched',
  },
}

const KO = {
  moved: '집 안에서 움직이셨고, 그 뒤로 현관문을 쓰지 않으셨습니다.',
  'no-exit': '외출을 볼 수 있는 문 센서가 없어 나가셨는지는 알 수 없습니다.',
  inside:
    '집 안에서 움직이셨고, 그 뒤로 현관을 지나지 않으셨습니다. 문 센서가 아니라 현관 동작 센서로 보므로 나가시는 것을 놓칠 수 있습니다.',
  entrance: '현관 동작 센서에 감지되신 뒤로 집 안에 움직임이 없어 나가신 듯합니다.',
  door: '현관문을 쓰신 뒤로 집 안에 움직임이 없습니다.',
  night: (from: string, to: string) =>
    `이 집이 보통 조용한 ${from}부터 ${to} 사이라 주무시는 것으로 보입니다.`,
  crowded: (signs: number, usual: number, byDoor: boolean) =>
    `${byDoor ? '계시는 동안 현관문이 열렸고, ' : ''}지난 한 시간의 움직임이 ${signs}번으로 혼자 계실 때(보통 ${usual}번)보다 많습니다.`,
  unheard: '게이트웨이나 센서의 소식이 없거나 믿을 수 없습니다.',
}

const EN: typeof KO = {
  moved: 'There was movement inside, and the front door has not been used since.',
  'no-exit': 'No sensor is on the front door, so nobody can tell whether they went out.',
  inside:
    'There was movement inside, and none at the entrance since. A motion sensor stands there for a contact: it may miss that they go out.',
  entrance:
    'They were seen by the motion sensor at the entrance, and nothing has moved inside since: they have probably gone out.',
  door: 'The front door was used, and nothing has moved inside since.',
  night: (from, to) =>
    `They seem to be asleep: this home is usually quiet between ${from} and ${to}.`,
  crowded: (signs, usual, byDoor) =>
    `${byDoor ? 'The front door opened while they were in, and there' : 'There'} were ${signs} signs of life in the last hour, more than they make alone (usually ${usual}).`,
  unheard: 'The gateway or its sensors are not heard, or not to be believed.',
}

const WHY = { ko: KO, en: EN } as const
