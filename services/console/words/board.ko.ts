/** The board, and where an alert stands, in Korean. */
export const boardKo = {
  board: {
    title: '근무 화면',
    counts: (danger: number, open: number, held: number) =>
      `미확인 위험 ${danger}건, 미확인 ${open}건, 확인됨 ${held}건`,
    calm: '지금 기다리는 알림이 없습니다.',
    sections: {
      danger: '미확인 위험',
      open: '미확인',
      visiting: '방문 중',
      held: '확인됨',
      back: '움직임이 돌아옴 (미확인)',
      device: '기기·통신',
      away: '부재로 멈춤',
      listed: '지켜보기',
    },
    listedNote: '관심 단계는 목록에만 있고 아무에게도 알리지 않습니다.',
    acknowledge: '내가 확인',
    extend: '시간 늘리기',
    record: '결과 적기',
    owner: (name: string) => `${name} 님이 맡음`,
    mine: '내가 맡음',
    opened: (time: string) => `${time} 시작`,
    messages: '알림',
    nothingSent: '아직 보낸 알림 없음',
    nobodyReached: '아직 아무에게도 닿지 않음',
    decline: '못 갑니다',
    declineFor: (alias: string) => `못 갑니다, ${alias}`,
    given: (name: string) => `${name} 님에게 맡김`,
    offered: (name: string) => `${name} 님에게 넘기는 중`,
    offeredLate: (name: string) => `${name} 님이 아직 받지 않음, 책임자에게 알림`,
    cancelling: (name: string) => `${name} 님이 취소를 청함, 한 사람 더 동의해야 합니다`,
    homes: '모든 가구',
    unseen: '지금 볼 수 없는 가구',
    unseenNote: '신호가 끊긴 동안은 무활동도 안전도 알 수 없습니다.',
    allSeen: '모든 가구를 지켜보고 있습니다.',
    pipeline: (time: string) =>
      `${time}부터 시스템이 멈춰 있어 어느 가구도 지켜보지 못하고 있습니다.`,
    lastSign: (ago: string) => `마지막 활동 ${ago}`,
    noHomes: '등록된 가구가 없습니다.',
    exercise: '훈련',
    whole: '근무 화면으로',
    outage: '함께 끊긴 가구',
    together: (homes: number) => `같은 지역에서 함께 끊긴 ${homes}가구 보기`,
    shown: (from: number, to: number, total: number) => `${total}건 가운데 ${from}~${to}`,
    before: '앞 쪽',
    next: '다음 쪽',
    someHomes: (count: number) => `눈여겨볼 가구부터 ${count}가구만 보입니다.`,
    allHomes: '모든 가구에서 찾기',
    moreUnseen: (count: number) => `그 밖에 ${count}가구 보기`,
    find: '별칭, 동, 번호',
    findDo: '찾기',
    noneFound: '찾는 가구가 없습니다.',
  },
  state: {
    notifying: (loop: number, step: number, next: string) =>
      `${loop > 1 ? `${loop}회차 ` : ''}${step}단계, 다음 호출 ${next}, 아직 아무도 답하지 않음`,
    pending: (until: string) => `대상자에게 먼저 묻는 중, ${until}까지 답이 없으면 직원에게 알림`,
    assigned: (giver: string, to: string, until: string) =>
      `${giver} 님이 ${to} 님에게 맡김, ${until}까지 답이 없으면 다시 알림`,
    visiting: (name: string, until: string) =>
      `${name} 님이 방문 중, ${until}까지 소식이 없으면 다시 알림`,
    visitingTwo: (name: string, companion: string, until: string) =>
      `${name} 님과 ${companion} 님이 방문 중, ${until}까지 소식이 없으면 다시 알림`,
    deferred: (name: string, reason: string, until: string) =>
      `${name} 님이 ${until}까지 미룸: ${reason}`,
    cancelled: (name: string, reason: string, at: string) => `${at} ${name} 님이 취소: ${reason}`,
    cancelledTwo: (name: string, second: string, reason: string, at: string) =>
      `${at} ${name} 님이 취소, ${second} 님이 동의: ${reason}`,
    away: (cause: string, name: string, until: string) =>
      `${cause}: ${name} 님이 ${until}까지로 등록함, 그때도 그대로면 다시 알림`,
    listed: '목록에만 있음, 아무에게도 알리지 않음',
    acknowledged: (name: string, until: string) =>
      `${name} 님이 맡음, ${until}까지 결과가 없으면 다시 알림`,
    exhausted: (times: number, next: string) =>
      `모든 단계가 답이 없음, 마지막 단계에 ${times}번 더 알림, 다음 호출 ${next}`,
    recovered: (until: string) =>
      `움직임이 돌아왔지만 아직 사람이 확인하지 않음, ${until}까지 확인 필요`,
    recoveredAway: (until: string) =>
      `움직임이 돌아옴, 부재가 끝난 뒤(늦어도 ${until}) 사람이 확인`,
    recoveredHeld: (name: string, until: string) =>
      `움직임이 돌아옴, ${name} 님이 ${until}까지 확인`,
    resolved: (name: string, outcome: string, at: string) => `${at} ${name} 님이 종결: ${outcome}`,
  },
}
