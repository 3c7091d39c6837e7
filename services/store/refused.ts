/** What the database would not have, by the name of the rule that it broke; null when it was something else. */
export function ruleBroken(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return null
  // Class 23: an integrity constraint violation.
  return String(error.code).startsWith('23') ? String(error.constraint) : null
}
