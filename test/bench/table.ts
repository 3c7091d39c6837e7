/** One measured figure. `bar`: what it must reach, or with `less` stay under. */
export type Row = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly ratio?: number
  readonly bar?: number
  readonly less?: true
}

/** Prints a bench as a table, or with `--json` as one object in the last line. */
export function print(bench: string, rows: readonly Row[]): void {
  const judged = rows.map((row) => ({ ...row, met: met(row) }))
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ bench, rows: judged })}\n`)
    return
  }
  for (const row of judged) {
    const against =
      row.bar === undefined ? '' : `  ${row.less ? 'at most' : 'at least'} ${say(row.bar)}`
    const verdict = row.met === null ? '' : row.met ? '  met' : '  NOT MET'
    process.stdout.write(
      `${row.name.padEnd(56)} ${say(row.value).padStart(10)} ${row.unit.padEnd(11)}${against}${verdict}\n`,
    )
  }
}

function met({ value, bar, less }: Row): boolean | null {
  if (bar === undefined) return null
  return less ? value <= bar : value >= bar
}

function say(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 })
}
