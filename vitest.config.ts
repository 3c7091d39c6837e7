import { defineConfig } from 'vitest/config'
import { accountant, tags } from './test/servers/account.ts'

// What needs no server starts none.
const PURE = ['test/*.test.ts', 'test/core/**/*.test.ts']
const NOT_PURE = ['test/compose.test.ts']

export default defineConfig({
  test: {
    // Tests with a database wait for it half of the time.
    maxWorkers: '150%',
    // How long a test takes says how busy the machine is, and never that something is wrong.
    testTimeout: 20_000,
    tags,
    reporters: ['default', ['json', { outputFile: 'test/output/results.json' }], accountant],
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, exclude: NOT_PURE } },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/*/**/*.test.ts', ...NOT_PURE],
          exclude: ['test/core/**'],
          globalSetup: 'test/servers/postgres.ts',
          hookTimeout: 20_000,
        },
      },
    ],
  },
})
