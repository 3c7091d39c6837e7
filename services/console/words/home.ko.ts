/** The page of one home, in Korean. */
export const homeKo = {
  home: {
    picture: '지난 28일',
    pictureHelp: '한 줄이 하루, 한 칸이 15분입니다. 막대가 높을수록 활동이 많습니다.',
    legend: {
      activity: '활동 (높을수록 많음)',
      exit: '현관 출입',
      unseen: '볼 수 없던 시간',
      signal: '신호 (모양은 등급)',
    },
    summary: (days: number, quarters: number, unseen: string, signals: number) =>
      `최근 ${days}일: 하루 평균 ${quarters}칸(15분)에 활동, 볼 수 없던 시간 ${unseen}, 신호 ${signals}건`,
    table: '표로 보기',
    columns: {
      day: '날짜',
      first: '첫 활동',
      last: '끝 활동',
      active: '활동한 칸',
      unseen: '볼 수 없음',
      signals: '신호',
    },
    usual: (first: string, last: string) =>
      `보통 ${first}에 하루를 시작하고 ${last}에 잠잠해집니다.`,
    usualNote: '최근 28일의 가운데 값. 하루는 04시에 시작합니다.',
    night: (from: string, until: string) => `보통 ${from}부터 ${until}까지 잠잠합니다.`,
    nightNote: '평일에 움직임이 평소의 절반도 안 되는 때. 밤에도 때때로 움직입니다.',
    restless: '어느 시간에나 움직임이 있어 하루의 시작과 끝이 따로 없습니다.',
    tooFew: '생활 리듬을 말하기에는 아직 기록이 적습니다.',
    devices: '기기',
    gateway: '게이트웨이',
    lost: (time: string) => `${time}부터 소식 없음`,
    stuck: (time: string, watts: number) =>
      `${time}부터 같은 값(${watts} W)만 보냄: 믿을 수 없습니다`,
    trust: (percent: number) => `믿는 정도 ${percent}%: 다른 센서와 맞지 않게 반응합니다`,
    machine: (watts: number, until: string) =>
      `스스로 도는 기계로 배움: ${watts} W까지는 세지 않음(늦어도 ${until}까지). 다른 곳으로 옮겼으면 다시 등록하십시오`,
    battery: (n: number) => `배터리 ${n}%`,
    spokeLast: (time: string) => `마지막 활동 ${time}`,
    noDevices: '등록된 기기가 없습니다.',
    alerts: '지난 알림',
    noAlerts: '알림이 없었습니다.',
    open: '진행 중',
    cancelled: '취소됨',
    resident: '대상자',
    show: '이름 보기',
    showNote: '누르면 누가 언제 보았는지 기록됩니다.',
    shown: '열람이 기록되었습니다. 이 화면을 벗어나면 다시 가려집니다.',
    unnamed: '이름이 등록되어 있지 않습니다.',
    unopened:
      '이름을 열 수 없습니다. 이름 열쇠(ANBU_NAMES_KEY)가 봉인할 때의 것과 다릅니다. 관리자에게 알리십시오.',
    address: '주소',
    phone: '전화',
    planner: '담당',
    unassigned: '담당 없음',
    watchedSince: (time: string) => `${time}부터 지켜봄`,
    nextLook: (time: string) => `다음 판단 ${time}`,
  },
}
