import { frameKo } from './words/frame.ko.ts'
import { termsKo } from './words/terms.ko.ts'
import { boardKo } from './words/board.ko.ts'
import { alertKo } from './words/alert.ko.ts'
import { homeKo } from './words/home.ko.ts'
import { workKo } from './words/work.ko.ts'
import { reachKo } from './words/reach.ko.ts'
import { rejectionsKo } from './words/rejections.ko.ts'
import { rosterKo } from './words/roster.ko.ts'
import { watchingKo } from './words/watching.ko.ts'

/** What staff read, in Korean: the console's first language. */
export const ko = {
  ...frameKo,
  ...termsKo,
  ...boardKo,
  ...alertKo,
  ...homeKo,
  ...workKo,
  ...rejectionsKo,
  ...reachKo,
  ...watchingKo,
  ...rosterKo,
}
