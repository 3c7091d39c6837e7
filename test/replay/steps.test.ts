import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { type Arrival, type Bounds, Steps } from '../../simulator/steps.ts'

const BEGIN = Date.UTC(2026, 9, 5, 3)

const arrival = (at: number, uid = 'pir'): Arrival => ({
  at,
  reading: { uid, kind: uid === 'door' ? 'open' : 'motion', value: 1, at, nature: 'event' },
})

async function* stream(arrivals: readonly Arrival[]): AsyncGenerator<Arrival> {
  yield* arrivals
}

const FREE: Omit<Bounds, 'until'> = {
  due: null,
  isClose: () => false,
  armedBy: () => null,
  isSudden: () => false,
}

async function cut(arrivals: readonly Arrival[], bounds: Omit<Bounds, 'until'>, to: number) {
  const steps = new Steps(stream(arrivals))
  const done: { to: number; arrivals: readonly Arrival[] }[] = []
  for (let at = BEGIN; at < to; at = done.at(-1)?.to ?? to)
    done.push(await steps.next(at, { ...bounds, until: Math.min(at + HOUR, to) }))
  return done
}

const byDoor = ({ at, reading }: Arrival) => (reading.uid === 'door' ? at + 10 * MINUTE : null)

const isSudden = ({ reading }: Arrival) => reading.uid === 'button'

const minute = (to: number) => (to - BEGIN) / MINUTE

test('a step ends in the minute in which something is due, in which a door is followed by quiet, or in which it stirs and is close', async () => {
  const arrivals = [
    arrival(BEGIN + 61_000),
    arrival(BEGIN + 5 * MINUTE, 'door'),
    arrival(BEGIN + 40.5 * MINUTE, 'bed'),
  ]
  const doors = await cut(arrivals, { ...FREE, armedBy: byDoor }, BEGIN + 2 * HOUR)
  expect(doors.map(({ to }) => minute(to))).toEqual([15, 75, 120])
  const close = await cut(
    arrivals,
    { ...FREE, isClose: ({ reading }) => reading.uid === 'bed' },
    BEGIN + HOUR,
  )
  expect(close.map(({ to }) => minute(to))).toEqual([41, 60])
  const steps = new Steps(stream(arrivals))
  const due = await steps.next(BEGIN, { ...FREE, until: BEGIN + HOUR, due: BEGIN + 100_000 })
  expect([minute(due.to), due.arrivals.length]).toEqual([2, 1])
  // What is due already is looked at in the next minute: time never stands still.
  const overdue = await steps.next(due.to, { ...FREE, until: BEGIN + HOUR, due: BEGIN })
  expect([minute(overdue.to), overdue.arrivals.length]).toEqual([3, 0])
})

test('whatever bounds the steps, each reading is in one of them, in order, and none before its time', async () => {
  const anyArrivals = fc
    .array(
      fc.record({ at: fc.nat(3 * HOUR), uid: fc.constantFrom('pir', 'bed', 'door', 'button') }),
      {
        maxLength: 60,
      },
    )
    .map((all) =>
      all.toSorted((a, b) => a.at - b.at).map(({ at, uid }) => arrival(BEGIN + 1 + at, uid)),
    )
  await fc.assert(
    fc.asyncProperty(anyArrivals, fc.constantFrom('bed', 'none'), async (arrivals, close) => {
      const isClose = ({ reading }: Arrival) => reading.uid === close
      const done = await cut(
        arrivals,
        { due: null, isClose, armedBy: byDoor, isSudden },
        BEGIN + 4 * HOUR,
      )
      expect(done.flatMap((step) => step.arrivals)).toEqual(arrivals)
      for (const [i, step] of done.entries()) {
        const from = done[i - 1]?.to ?? BEGIN
        expect(step.to % MINUTE).toBe(0)
        for (const each of step.arrivals) expect(from < each.at && each.at <= step.to).toBe(true)
        // Who calls for help is told of in the very minute, and nobody knows before.
        for (const each of step.arrivals.filter(isSudden)) {
          expect(step.to - each.at).toBeLessThan(MINUTE)
          expect(each.at - from).toBeLessThanOrEqual(MINUTE)
        }
        // Who is close is looked at in the very minute.
        const stirs = step.arrivals.find(isClose)
        if (stirs) expect(step.to - stirs.at).toBeLessThan(MINUTE)
      }
    }),
    { numRuns: 100 },
  )
})
