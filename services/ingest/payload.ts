import { z } from 'zod'

/** What was parsed, or why it could not be. */
export type Parsed<T> = { success: true; data: T } | { success: false; detail: string }

/** Any JSON object. */
export const Fields = z.record(z.string(), z.unknown())
export type Fields = z.infer<typeof Fields>

/** Reads text as JSON of this shape. */
export function parseJson<T>(schema: z.ZodType<T>, text: string): Parsed<T> {
  const json = parseAny(text)
  return json.success ? parse(schema, json.data) : json
}

/** Reads text as JSON, of whatever shape. */
export function parseAny(text: string): Parsed<unknown> {
  try {
    return { success: true, data: JSON.parse(text) }
  } catch (error) {
    return { success: false, detail: String(error instanceof Error ? error.message : error) }
  }
}

/** Checks a value against a shape. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const result = schema.safeParse(value)
  return result.success ? result : { success: false, detail: issues(result.error) }
}

// A fatal decoder refuses what is not UTF-8, where Buffer.toString would store replacement characters.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a payload as text. */
export function parseText(payload: Uint8Array): Parsed<string> {
  try {
    return { success: true, data: utf8.decode(payload) }
  } catch {
    return { success: false, detail: 'not UTF-8' }
  }
}

/** Says in one line what zod found wrong. */
export function issues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
}
