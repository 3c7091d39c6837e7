import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { test as base, expect } from 'vitest'
import { BINARY_KINDS, KINDS, NATURES, type Reading } from '../../schemas/reading.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { neighbourhood } from '../../simulator/neighbourhood.ts'
import { type BadLine, readRecording } from '../../simulator/recording.ts'
import { writeRecording } from '../../simulator/write-recording.ts'

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name)

const test = base
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
  .extend('folder', async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'anbu-recording-'))
    onCleanup(() => rm(folder, { recursive: true }))
    return folder
  })

async function all(readings: AsyncIterable<Reading>): Promise<readonly Reading[]> {
  const found: Reading[] = []
  for await (const reading of readings) found.push(reading)
  return found
}

const short = ({ uid, kind, value, at, nature }: Reading) =>
  `${new Date(at).toISOString()} ${uid} ${kind} ${value} ${nature}`

test('a CASAS file tells its sensors, its local times, and what is wrong with its bad lines', async () => {
  const bad: BadLine[] = []
  const path = fixture('made-up-home.casas.txt')
  const recording = await readRecording(path, { onBadLine: (line) => bad.push(line) })
  expect(recording).toMatchObject({ format: 'casas', count: 11, bad: 4, outOfOrder: 1 })
  expect(recording.household).toEqual({
    type: 'household',
    household: 'made-up-home.casas',
    timeZone: 'America/Los_Angeles',
    tier: 'mid',
  })
  expect(recording.devices.map(({ device, kind, role }) => `${device} ${kind} ${role}`)).toEqual([
    'BedroomBed motion inner',
    'KitchenStove motion inner',
    'FrontDoor open exit',
    'T001 temperature inner',
    'LS002 illuminance inner',
    'MedicineBox presence inner',
    'Cupboard open inner',
  ])
  // 06:10 in Los Angeles is 14:10 in UTC before 8 March 2026.
  expect((await all(recording.readings)).map(short)).toEqual([
    '2026-03-02T14:10:00.500Z BedroomBed motion 1 event',
    '2026-03-02T14:10:02.123Z BedroomBed motion 0 event',
    '2026-03-02T14:31:00.000Z KitchenStove motion 1 event',
    '2026-03-02T14:30:00.000Z KitchenStove motion 0 event',
    '2026-03-02T17:00:00.000Z FrontDoor open 1 event',
    '2026-03-02T17:00:04.000Z FrontDoor open 0 event',
    '2026-03-02T18:00:00.000Z T001 temperature 21.5 event',
    '2026-03-02T18:00:01.000Z LS002 illuminance 7 event',
    '2026-03-02T18:00:02.000Z MedicineBox presence 0 event',
    '2026-03-02T18:00:03.000Z MedicineBox presence 1 event',
    '2026-03-02T18:00:04.000Z Cupboard open 0 event',
  ])
  expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '7: no such time: no line',
    '8: no such time: 2026-03-02 25:00:00',
    '9: no such time: 2026-02-30 09:00:00',
    '10: not known what FrontDoor means by AJAR',
  ])
})

test('the months of a power recording are one home: the meter with every row, a plug when it changes', async () => {
  const bad: BadLine[] = []
  const recording = await readRecording(
    [fixture('MadeUp_House1_2026-02.csv'), fixture('MadeUp_House1_2026-03.csv.gz')],
    { timeZone: 'Asia/Seoul', onBadLine: (line) => bad.push(line) },
  )
  expect(recording).toMatchObject({ format: 'power-csv', bad: 3, outOfOrder: 0 })
  expect(recording.household).toMatchObject({ household: 'MadeUp_House1', timeZone: 'Asia/Seoul' })
  expect(recording.devices.map(({ device, role }) => `${device} ${role}`)).toEqual([
    'Aggregate mains',
    'Kettle plug',
  ])
  // The kettle is said at first, when it changes, and again an hour after it last was.
  expect((await all(recording.readings)).map(short)).toEqual([
    '2026-02-28T14:58:00.000Z Aggregate power 101.5 event',
    '2026-02-28T14:58:00.000Z Kettle power 0 event',
    '2026-02-28T14:59:00.000Z Aggregate power 101.5 event',
    '2026-02-28T15:00:00.000Z Aggregate power 1900.25 event',
    '2026-02-28T15:00:00.000Z Kettle power 1800 event',
    '2026-02-28T15:01:00.000Z Kettle power 0 event',
    '2026-02-28T16:00:00.000Z Aggregate power 97 event',
    '2026-02-28T16:01:00.000Z Aggregate power 96 event',
    '2026-02-28T16:01:00.000Z Kettle power 0 snapshot',
  ])
  expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '4: Aggregate is "many", which is no number of W',
    '5: 2 cells, where the header has 3',
    '6: no such time: 2026-03-01 00:04',
  ])
})

test('a recording of our own says what is wrong with each line that it cannot use', async () => {
  const bad: BadLine[] = []
  const path = fixture('made-up-home.ndjson')
  const recording = await readRecording(path, { onBadLine: (line) => bad.push(line) })
  expect(recording).toMatchObject({ format: 'anbu', count: 3, bad: 9 })
  expect(recording.household).toMatchObject({ household: 'made-up-1', tier: 'high' })
  expect((await all(recording.readings)).map(short)).toEqual([
    '2026-03-02T00:00:00.000Z door open 1 event',
    '2026-03-02T00:00:04.250Z door open 0 event',
    '2026-03-02T00:10:00.000Z plug-tv power 84 snapshot',
  ])
  expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    expect.stringMatching(/^7: at: /),
    '8: no row of type "household" before it names made-up-2',
    '9: no row of type "device" before it names plug-x',
    '10: power is a number',
    '11: open is true or false',
    expect.stringMatching(/^12: kind: /),
    '13: not a JSON object',
    '14: a second household: a recording holds one',
    expect.stringMatching(/^15: /),
  ])
})

const anyReading = fc
  .record({
    uid: fc.constantFrom('pir', 'plug', '문'),
    kind: fc.constantFrom(...KINDS),
    nature: fc.constantFrom(...NATURES),
    at: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
    yes: fc.boolean(),
    number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
  })
  .map(({ uid, kind, nature, at, yes, number }): Reading => ({
    uid,
    kind,
    nature,
    at: at.getTime(),
    value: BINARY_KINDS.has(kind) ? Number(yes) : number,
  }))

test('what is written is what is read, gzipped or not', async ({ folder }) => {
  const household = {
    type: 'household',
    household: 'made-up',
    timeZone: 'Asia/Seoul',
    tier: 'low',
  } as const
  const devices = ['pir', 'plug', '문'].map((device) => ({
    type: 'device' as const,
    household: 'made-up',
    device,
    kind: 'motion' as const,
    room: '거실',
    role: 'inner' as const,
  }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyReading, { minLength: 1, maxLength: 50 }),
      fc.constantFrom('home.ndjson', 'home.ndjson.gz'),
      async (given, name) => {
        const path = join(folder, name)
        await writeRecording(path, { household, devices, readings: given })
        const recording = await readRecording(path)
        expect(recording.household).toEqual(household)
        expect(recording.devices).toEqual(devices)
        expect(recording.bad).toBe(0)
        expect(await all(recording.readings)).toEqual(given)
      },
    ),
    { numRuns: 40 },
  )
})

test('a simulated home can be written down and is the same when it is read', async ({ folder }) => {
  const { households, gateways, devices, readings, story } = neighbourhood(
    1,
    Date.UTC(2026, 9, 4, 15),
  )
  const [home, gateway] = [households[0], gateways[0]]
  if (!home || !gateway) throw new Error('no home')
  const day: Reading[] = []
  for (const reading of readings(home.household, story.startsAt)) {
    if (reading.at >= story.startsAt + DAY) break
    day.push(reading)
  }
  const { household, timeZone, tier } = home
  const path = join(folder, 'home-01.ndjson.gz')
  await writeRecording(path, {
    household: { type: 'household', household, timeZone, tier },
    devices: devices
      .filter((device) => device.gateway === gateway.gateway)
      .map(({ uid, kind, room, role }) => ({
        type: 'device',
        household,
        device: uid,
        kind,
        room,
        role,
      })),
    readings: day,
  })
  const recording = await readRecording(path)
  expect(recording).toMatchObject({ bad: 0, outOfOrder: 0, count: day.length })
  expect(await all(recording.readings)).toEqual(day)
})

test('only the first ten bad lines are shown, and all are counted', async ({ folder }) => {
  const path = join(folder, 'home.txt')
  await writeFile(path, `2026-03-02 06:10:00 Bed ON\n${'what?\n'.repeat(5000)}`)
  const bad: BadLine[] = []
  const recording = await readRecording(path, { onBadLine: (line) => bad.push(line) })
  expect(recording.bad).toBe(5000)
  expect(bad).toHaveLength(10)
  expect(bad[9]).toEqual({ path, line: 11, reason: 'not date, time, sensor, value', text: 'what?' })
})

test('a file that is no recording says what it is, and what it should have been', async ({
  folder,
}) => {
  const path = join(folder, 'letter.txt')
  await writeFile(path, '\n  Dear Sir or Madam,\n')
  await expect(readRecording(path)).rejects.toThrow(
    /letter\.txt begins with "Dear Sir or Madam,", and a recording with one of\n {2}casas: 2016/,
  )
  await writeFile(path, '')
  await expect(readRecording(path)).rejects.toThrow(/letter\.txt is empty/)
  await expect(readRecording(fixture('made-up-home.ndjson'), { format: 'casas' })).rejects.toThrow(
    /no line of .*made-up-home\.ndjson is of the format casas: 2016/,
  )
  await expect(readRecording(join(folder, 'nowhere.csv'))).rejects.toThrow(
    /nowhere\.csv cannot be read/,
  )
})

test('an archive that is cut off is an error, not half a recording', async ({ folder }) => {
  const path = join(folder, 'home.txt.gz')
  const lines = Array.from({ length: 5000 }, (_, i) => `2026-03-02 06:10:00.${i} Bed ON\n`)
  await writeFile(path, gzipSync(lines.join('')).subarray(0, -20))
  await expect(readRecording(path)).rejects.toThrow(/home\.txt\.gz cannot be read to its end/)
})

test('the hour that clocks showed twice is told apart, and the hour they skipped is moved on', async ({
  folder,
}) => {
  const path = join(folder, 'home.txt')
  // 1 November 2026, 02:00 in Los Angeles: back to 01:00. 8 March 2026, 02:00: on to 03:00.
  const autumn = ['01:30', '01:50', '01:10', '01:40', '02:10'].map((at) => `2026-11-01 ${at}:00`)
  const spring = ['01:50', '02:30', '03:40'].map((at) => `2026-03-08 ${at}:00`)
  await writeFile(path, [...spring, ...autumn].map((at) => `${at} Bed ON`).join('\n'))
  const recording = await readRecording(path)
  const times = (await all(recording.readings)).map(({ at }) => new Date(at).toISOString())
  expect(times.map((at) => at.slice(5, 16))).toEqual([
    '03-08T09:50', // PST, UTC-8
    '03-08T10:30',
    '03-08T10:40', // PDT, UTC-7
    '11-01T08:30', // PDT, the first run of the hour
    '11-01T08:50',
    '11-01T09:10', // PST, the second
    '11-01T09:40',
    '11-01T10:10',
  ])
  expect(recording.outOfOrder).toBe(0)
})

const recordings = process.env['ANBU_RECORDINGS'] ?? '../shared/data'
const tm000 = join(recordings, 'tm000/tm000.multiday_absence.txt')
const house20 = (month: string) => join(recordings, `power/REFIT_House20_${month}.csv.gz`)

test.skipIf(!existsSync(tm000))(
  'tm000, a real week of CASAS (absent: set ANBU_RECORDINGS), has 21,968 events of 22 sensors, two of them at the entrances, and no exit contact',
  async () => {
    const recording = await readRecording(tm000)
    expect(recording).toMatchObject({ count: 21_968, bad: 0, outOfOrder: 0 })
    expect(recording.devices).toHaveLength(22)
    const exits = recording.devices.filter(({ role }) => role === 'exit')
    expect(exits.map(({ device, kind }) => `${device} ${kind}`)).toEqual([
      'EntrywayB motion',
      'MainEntryway motion',
    ])
    expect(recording.to - recording.from).toBeGreaterThan(6.9 * DAY)
    // The absences of that week, in minutes: 07-13 23:03, 07-14 12:23, 07-15 05:30, 07-16 02:33.
    const seen = (await all(recording.readings)).filter(({ value }) => value === 1)
    const gaps = seen.map(({ at }, i) => Math.floor(((seen[i + 1]?.at ?? at) - at) / MINUTE))
    expect(gaps.filter((gap) => gap >= 300)).toEqual([610, 770, 876, 936])
  },
)

test.skipIf(!existsSync(house20('2014-03')))(
  'REFIT House 20, a real home (absent: set ANBU_RECORDINGS), is read month after month in order',
  async () => {
    const recording = await readRecording([house20('2014-03'), house20('2014-04')])
    expect(recording).toMatchObject({
      bad: 0,
      outOfOrder: 0,
      household: { household: 'REFIT_House20' },
    })
    expect(recording.devices.filter(({ role }) => role === 'mains')).toHaveLength(1)
    // A rise of 1,000 W or more is not seen for 25 hours after 28 March, 06:08: they were away.
    const mains = (await all(recording.readings)).filter(({ uid }) => uid === 'Aggregate')
    const rises = mains.filter(({ value }, i) => value - (mains[i - 1]?.value ?? value) >= 1000)
    const longest = rises.find(({ at }, i) => (rises[i + 1]?.at ?? at) - at > 24 * HOUR)
    expect(longest?.at).toBe(Date.UTC(2014, 2, 28, 6, 8))
  },
)
