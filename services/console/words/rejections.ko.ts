/** What could not be read, in Korean. */
export const rejectionsKo = {
  rejections: {
    title: '읽지 못한 입력',
    note: '여기에 있는 것은 어느 가구의 활동으로도 세지 않았습니다.',
    counts: '까닭별 (7일)',
    samples: '최근 표본',
    unassigned: '누구의 기기인가',
    unassignedNote: '소식은 오지만 어느 가구에도 등록되지 않은 기기입니다.',
    gateway: '게이트웨이',
    reason: '까닭',
    count: '횟수',
    device: '기기',
    value: '마지막 값',
    last: '마지막 소식',
    readings: '횟수',
    none: '거절된 입력이 없습니다.',
    noneUnassigned: '모든 기기에 주인이 있습니다.',
    bytes: (n: number) => `${n}바이트`,
    unknownKind: '알 수 없음',
  },
}
