/** Lines up rows under their heads, if they have any, for a terminal: Hangul and its like are two columns wide. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = heads.some((head) => head !== '') ? [heads, ...rows] : rows
  const widths = heads.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))))
  return all
    .map((row) =>
      row
        .map((cell, column) => left(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A text at the left of so many columns. */
export const left = (text: string, columns: number): string => text + blanks(text, columns)

/** A text at the right of so many columns. */
export const right = (text: string, columns: number): string => blanks(text, columns) + text

const blanks = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - width(text)))

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/g

function width(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0)
}
