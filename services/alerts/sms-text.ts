import iconv from 'iconv-lite'

/** A text message as the carriers of Korea take it: SMS up to 90 bytes of EUC-KR, LMS up to 2,000. */
export type SmsText = { readonly type: 'SMS' | 'LMS'; readonly text: string }

const SMS_BYTES = 90
const LMS_BYTES = 2_000

/**
 * Fits a text to a text message: what EUC-KR (KS X 1001) cannot write becomes "?", what is too long for an LMS
 * is cut, and a link has no place in it: public bodies tell people that theirs never hold one.
 */
export function smsText(text: string): SmsText {
  const clean = text.replaceAll(/\bhttps?:\/\/\S+/gi, '').trim()
  const letters = Array.from(clean, (letter) => (isWritable(letter) ? letter : '?'))
  let bytes = 0
  const end = letters.findIndex((letter) => (bytes += sizeOf(letter)) > LMS_BYTES)
  const fitting = letters.slice(0, end === -1 ? letters.length : end).join('')
  return { type: bytesOf(fitting) <= SMS_BYTES ? 'SMS' : 'LMS', text: fitting }
}

/** How many bytes a text has in EUC-KR. */
export function bytesOf(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + sizeOf(letter), 0)
}

function sizeOf(letter: string): number {
  return iconv.encode(letter, 'euc-kr').length
}

// The table of the package is Microsoft's, which knows more letters than KS X 1001: those have a byte below 0xa1.
function isWritable(letter: string): boolean {
  const bytes = iconv.encode(letter, 'euc-kr')
  if (bytes.length === 1) return letter === '?' || bytes[0] !== 0x3f
  return bytes.every((byte) => byte >= 0xa1)
}
