import type { Message } from '../../schemas/message.ts'
import type { ALIMTALK_VARIABLES } from '../../schemas/providers.ts'

type Variable = (typeof ALIMTALK_VARIABLES)[number]

/** An AlimTalk template as Kakao approved it: its code, and its text with its variables, such as "#{집}". */
export type Template = { readonly code: string; readonly text: string }

/** The text that docs/channels.md proposes for approval. */
export const PROPOSED_TEXT = `[안부] #{무엇} 알림

대상: #{집}
#{까닭}

#{할일}
알림 번호: #{번호}`

/** What fills the variables of a template. */
export function variablesOf(message: Message): Readonly<Record<Variable, string>> {
  return {
    무엇: message.what,
    집: message.where,
    까닭: message.why,
    할일: message.todo,
    번호: String(message.alert),
    // The link of the button is part of what was approved, all but its path.
    경로: message.link === null ? '' : new URL(message.link).pathname.slice(1),
  }
}

/** The text of a template with its variables filled: what Kakao compares with what it approved. */
export function filled(template: Template, message: Message): string {
  const variables: Readonly<Record<string, string>> = variablesOf(message)
  return template.text.replaceAll(
    /#\{([^}]+)\}/g,
    (whole, name: string) => variables[name] ?? whole,
  )
}

/** The button below the message: the link belongs there, and never in the text. */
export const BUTTON = '안부에서 보기'

/**
 * Whether a result code of Kakao, which resellers hand on, means that our sender profile is at fault and not the one
 * whom we wrote to.
 */
export function isSenderFault(code: string): boolean {
  return /^(KKO_)?(1003|1005|1006)$/.test(code)
}
