/** The cells of a line by name, in the order of the names; one that is missing is empty, and what follows is left. */
export function cellsOf<const Name extends string>(
  line: string,
  apart: string | RegExp,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const cells = line.split(apart)
  const named = names.map((name, i) => [name, (cells[i] ?? '').trim()] as const)
  // oxlint-disable-next-line no-unsafe-type-assertion -- Object.fromEntries forgets the names, which are those given
  return Object.fromEntries(named) as Record<Name, string>
}
