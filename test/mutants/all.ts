import { MUTANTS } from './mutants.ts'
import { answerHelp } from '../usage.ts'
import { openCopy } from './run.ts'

answerHelp(`npm run mutants
  makes every mistake of test/mutants/mutants.ts, one after the other, and names those that no test noticed`)

// Makes every mistake, one after the other, and names those that no test noticed: `npm run mutants`.
await using copy = await openCopy()
let alive = 0
for (const mutant of MUTANTS) {
  const isKilled = await copy.kills(mutant)
  if (!isKilled) alive++
  process.stdout.write(
    `${isKilled ? 'killed' : 'ALIVE '}  ${mutant.file}: ${mutant.from} -> ${mutant.to}\n`,
  )
}
process.stdout.write(`${MUTANTS.length - alive} of ${MUTANTS.length} mutants killed\n`)
process.exitCode = alive > 0 ? 1 : 0
