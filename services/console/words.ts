import type { Lang } from '../core/sentence.ts'
import { en } from './words.en.ts'
import { ko } from './words.ko.ts'

/** The languages of the console: Korean first. */
export const LANGS: readonly Lang[] = ['ko', 'en']

/** Every word of the console in one language. The Korean catalogue says what there is; the checker sees that English has it all. */
export type Words = typeof ko

/** The catalogue of each language. */
export const WORDS: Readonly<Record<Lang, Words>> = { ko, en }

/** The language by its name, Korean when there is none of that name. */
export function langOf(name: string): Lang {
  return LANGS.find((lang) => lang === name) ?? 'ko'
}
