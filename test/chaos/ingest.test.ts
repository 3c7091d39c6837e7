import { pino } from 'pino'
import { expect } from 'vitest'
import { test } from '../optional.ts'
import { startMosquitto } from '../servers/mosquitto.ts'
import { type Aftermath, chaos } from './ingest.ts'

const log = pino({ level: 'silent' })

function expectWhole({ acknowledged, missing, stored, counted }: Aftermath): void {
  expect(missing).toBe(0)
  expect(acknowledged).toBeGreaterThan(100)
  // What was stored and not acknowledged any more came again, and changed nothing.
  expect(stored).toBeGreaterThanOrEqual(acknowledged)
  expect(counted).toBe(stored)
}

test(
  'broker or PostgreSQL killed at any moment: all that was acknowledged is there, once',
  { timeout: 300_000 },
  async () => expectWhole(await chaos({ rounds: 3, seed: 1, door: 'own', log })),
)

test(
  'so it is with what another broker has acknowledged',
  { tags: 'mosquitto', timeout: 300_000 },
  async ({ mosquitto }) => {
    await using broker = await startMosquitto(mosquitto)
    expectWhole(await chaos({ rounds: 3, seed: 2, door: { url: broker.url }, log }))
  },
)
