import type { z } from 'zod'

/** What the database would not have, by the name of the rule that it broke; null when it was something else. */
export function ruleBroken(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return null
  // Class 23: an integrity constraint violation.
  return String(error.code).startsWith('23') ? String(error.constraint) : null
}

/** What cannot be done as it was asked for, and whoever asked can mend. */
export class Refused extends Error {}

/** What is to be stored, but could not be read back. */
export class Unreadable extends Refused {}

/** `given` as its reader will have it, or `Unreadable`: one row that nobody can read would keep all beside it from being read. */
export function readable<T>(schema: z.ZodType<T>, what: string, given: T): T {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Unreadable(`${what}: ${wrong.join('; ')}`)
}
