// Prints what became of the tests as "N passed, N failed[, N skipped]": node scripts/counts.mjs RESULTS CODE, with
// Vitest's JSON report and the exit code of npm test. A run that failed has at least one failure in its line.
import { readFileSync } from 'node:fs'

const [file, code] = process.argv.slice(2)
if (file === undefined || code === undefined || file === '--help') {
  console.log(
    'node scripts/counts.mjs RESULTS CODE: counts the tests of a run, from its JSON report and its exit code',
  )
  process.exit(file === '--help' ? 0 : 1)
}
const { passed, failed, skipped } = count(read(file))
if (code !== '0' && failed === 0)
  console.log('it failed before, after or beside the tests: see above')
const failures = code === '0' ? failed : Math.max(failed, 1)
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)

// No report: the check failed, or the tests were not even started.
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { testResults: [] }
  }
}

function count({ testResults }) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { status, assertionResults } of testResults) {
    const states = assertionResults.map((test) => test.status)
    for (const state of states)
      counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1
    // A file that could not be read holds no tests, and yet it failed.
    if (status === 'failed' && !states.includes('failed')) counts.failed += 1
  }
  return counts
}
