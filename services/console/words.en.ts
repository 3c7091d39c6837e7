import type { Words } from './words.ts'
import { frameEn } from './words/frame.en.ts'
import { termsEn } from './words/terms.en.ts'
import { boardEn } from './words/board.en.ts'
import { alertEn } from './words/alert.en.ts'
import { homeEn } from './words/home.en.ts'
import { workEn } from './words/work.en.ts'
import { reachEn } from './words/reach.en.ts'
import { rejectionsEn } from './words/rejections.en.ts'
import { rosterEn } from './words/roster.en.ts'
import { watchingEn } from './words/watching.en.ts'

/** What staff read, in English. */
export const en: Words = {
  ...frameEn,
  ...termsEn,
  ...boardEn,
  ...alertEn,
  ...homeEn,
  ...workEn,
  ...rejectionsEn,
  ...reachEn,
  ...watchingEn,
  ...rosterEn,
}
