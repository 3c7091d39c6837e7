const KO = {
  units: {
    days: (n: number) => `${n}일`,
    hours: (n: number) => `${n}시간`,
    minutes: (n: number) => `${n}분`,
  },
  usual: (times: number) => `보통 이 시간에는 ${times}번쯤 움직이시는데 `,
  surprise: (habit: string, quiet: string) => `${habit}${quiet}째 조용합니다.`,
  ceiling: (quiet: string, ceiling: string) =>
    `${quiet}째 아무 움직임이 없습니다. ${ceiling}이 지나면 언제나 확인합니다.`,
  alone: (room: string | null, lasted: string) =>
    `${lasted}째 ${room ?? '한 곳'}의 센서만 반응하고 다른 센서는 모두 조용합니다. 센서 고장, 반려동물, 로봇청소기 때문일 수 있습니다.`,
  few: (lasted: string) =>
    `${lasted}째 센서가 이따금 한 번씩 반응할 뿐, 사람이 집 안을 다닌 흔적이 없습니다. 반려동물이나 센서 고장 때문일 수 있습니다.`,
  scant: (lasted: string, few: number, usual: number) =>
    `${lasted} 동안 움직임이 ${few}번도 되지 않습니다. 보통은 하루에 ${usual}번쯤입니다. 길게 조용한 적은 없었지만, 그만한 신호는 기계나 센서 고장 때문일 수 있습니다.`,
  restless: (room: string | null, lasted: string, rest: string) =>
    `${lasted}째 ${room ?? '한 곳'}의 센서가 ${rest}도 쉬지 않고 반응합니다. 사람은 그렇게 지내지 않으므로 센서 고장일 수 있고, 그동안에는 안부를 알 수 없습니다.`,
  away: (quiet: string, limit: string) =>
    `외출하신 뒤 ${quiet}째 돌아오신 기척이 없습니다. 평소 외출로 보아 ${limit} 안에는 돌아오실 때입니다.`,
  longest: (most: string) => `최근 60일 가장 길었던 때는 ${most}.`,
  longestOfNight: (most: string) => `밤까지 치면 최근 60일에 ${most}까지 조용한 적이 있습니다.`,
  last: (time: string, room: string | null) =>
    room ? `마지막 움직임은 ${time}, ${room}.` : `마지막 움직임은 ${time}.`,
  before: (sensors: string) => `그 앞은 ${sensors}.`,
  running: (room: string | null, lasted: string) =>
    room === null
      ? `집 안 어딘가에 ${lasted}째 켜져 있는 것이 있습니다.`
      : `${room}의 플러그에 꽂힌 것이 ${lasted}째 켜져 있습니다.`,
  ran: (room: string | null, lasted: string, until: string) =>
    room === null
      ? `집 안 어딘가에 ${until}까지 ${lasted} 동안 켜져 있던 것이 있습니다.`
      : `${room}의 플러그에 꽂힌 것이 ${until}까지 ${lasted} 동안 켜져 있었습니다.`,
  where: {
    away: '외출하신 것으로 보입니다.',
    blind: '신호가 끊겨 지금은 집 안을 알 수 없습니다.',
  },
  gatewayOffline: (seen: string) =>
    `게이트웨이 연결이 끊겼습니다. 마지막 신호는 ${seen}. 그 뒤로는 무사하신지 알 수 없습니다.`,
  gatewaySilent: (limit: string, seen: string) =>
    `게이트웨이가 ${limit} 넘게 신호를 보내지 않습니다. 마지막 신호는 ${seen}. 그 뒤로는 무사하신지 알 수 없습니다.`,
  unwatched: (seen: string) =>
    `${seen}부터 신호를 보내는 센서가 하나도 없습니다. 그 뒤로는 무사하신지 알 수 없습니다.`,
  sensorSilent: (name: string, limit: string, seen: string) =>
    `${name}에서 ${limit} 넘게 신호가 없습니다. 마지막 신호는 ${seen}.`,
  sensorStuck: (name: string, value: string, since: string) =>
    `${name}가 ${since}부터 같은 값(${value})만 보냅니다. 그동안의 값은 믿을 수 없습니다.`,
  battery: (percent: number) => `배터리 ${percent}%.`,
  emptyStep: (plan: string, step: number, whom: string) =>
    `알림 계획 ${plan}의 ${step}단계에 연락받을 사람이 없습니다${whom && ` (${whom})`}.`,
  deadChannel: (channel: string, person: string | null, why: string) =>
    `${person === null ? '아무에게도' : `${person}에게`} ${channel} 알림이 가지 않습니다: ${why}.`,
}

const EN: typeof KO = {
  units: {
    days: (n) => (n === 1 ? '1 day' : `${n} days`),
    hours: (n) => `${n} h`,
    minutes: (n) => `${n} min`,
  },
  usual: (times) =>
    `There is usually movement about ${times} ${times === 1 ? 'time' : 'times'} in such a stretch, but `,
  surprise: (habit, quiet) =>
    habit ? `${habit}it has been quiet for ${quiet}.` : `It has been quiet for ${quiet}.`,
  ceiling: (quiet, ceiling) =>
    `There has been no movement for ${quiet}. After ${ceiling} we always ask.`,
  alone: (room, lasted) =>
    `For ${lasted} only the sensor in ${room ?? 'one place'} has said anything, and all others have been silent. It may be a fault, a pet or a robot.`,
  few: (lasted) =>
    `For ${lasted} there have been single signs only, now and then, and none of a person walking about. It may be a pet or a fault.`,
  scant: (lasted, few, usual) =>
    `There have been fewer than ${few} signs of life in ${lasted}; about ${usual} a day are usual. No silence between them was long, but so few may be a machine's or a fault's.`,
  restless: (room, lasted, rest) =>
    `For ${lasted} the sensor in ${room ?? 'one place'} has not rested for ${rest}, and nobody lives like that. It may be a fault, and until it rests nobody knows whether all is well.`,
  away: (quiet, limit) =>
    `Out for ${quiet} without a sign of coming back. By their habits they should be back within ${limit}.`,
  longest: (most) => `The longest in the last 60 days was ${most}.`,
  longestOfNight: (most) => `Nights included, the last 60 days had silences of up to ${most}.`,
  last: (time, room) => (room ? `Last movement: ${time}, ${room}.` : `Last movement: ${time}.`),
  before: (sensors) => `Before that: ${sensors}.`,
  running: (room, lasted) =>
    room === null
      ? `Something in the home has been on for ${lasted}.`
      : `What is plugged in at ${room} has been on for ${lasted}.`,
  ran: (room, lasted, until) =>
    room === null
      ? `Something in the home was on for ${lasted}, until ${until}.`
      : `What is plugged in at ${room} was on for ${lasted}, until ${until}.`,
  where: {
    away: 'They seem to be out.',
    blind: 'The line is down, so nobody can tell what happens in the home.',
  },
  gatewayOffline: (seen) =>
    `The gateway has lost its connection. Last heard: ${seen}. Since then nobody can tell how this home is.`,
  gatewaySilent: (limit, seen) =>
    `The gateway has sent nothing for more than ${limit}. Last heard: ${seen}. Since then nobody can tell how this home is.`,
  unwatched: (seen) =>
    `No sensor of this home has been heard since ${seen}. Since then nobody can tell how this home is.`,
  sensorSilent: (name, limit, seen) =>
    `The ${name} has sent nothing for more than ${limit}. Last heard: ${seen}.`,
  sensorStuck: (name, value, since) =>
    `The ${name} has said nothing but ${value} since ${since}. What it says is not to be believed.`,
  battery: (percent) => `Battery ${percent}%.`,
  emptyStep: (plan, step, whom) =>
    `Step ${step} of the escalation plan ${plan} reaches nobody${whom && ` (${whom})`}.`,
  deadChannel: (channel, person, why) =>
    `Nothing reaches ${person ?? 'anybody'} by ${channel}: ${why}.`,
}

/** What the sentences about silences and silent things are put together from. */
export const PHRASES = { ko: KO, en: EN } as const
