import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../services/store/server.ts'
import { openAuthority } from '../broker/certificates.ts'
import { type Shape, openBench } from './bench.ts'
import { measureGrowth, measureTimescale } from './growth.ts'
import { type Peer, findPeers, measurePeer } from './peers.ts'
import { calledWrongly, readArguments } from '../usage.ts'
import { type Row, print } from './table.ts'

const HELP = `npm run bench:ingest -- [--only one,tls,...] [--seconds 8] [--rows 5000000 | --full] [--store DIR] [--json]
  one        1,000 gateways, one reading a message, one in flight, and against what stores nothing
  tls        the same over TLS
  ten        200 gateways, 10 in flight
  twenty     messages of 20 readings
  open       publish to acknowledged at 18,500/s
  memory     10,000 gateways, one reading a minute each
  peers      against Mosquitto and a client that inserts row by row, where Mosquitto is installed; and Node-RED, where
             ANBU_BENCH_NODE_RED names a folder in which npm has installed node-red and pg
  growth     the store with --rows readings against an empty one; --full: 100 million, 17 GB; --store: a folder in
             which the store is kept, to be measured again
  timescale  on TimescaleDB against plain PostgreSQL, where it is installed`

const { values } = readArguments(HELP, {
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    rows: { type: 'string', default: '5000000' },
    full: { type: 'boolean', default: false },
    store: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const seconds = Number(values.seconds)
const ONE: Shape = { gateways: 1000, inFlight: 1 }
const TEN: Shape = { gateways: 200, inFlight: 10 }

/** The groups of rows, in the order of the table. */
const GROUPS: Readonly<Record<string, () => Promise<Row[]>>> = {
  one: () => fast('1,000 gateways, 1 reading a message, 1 in flight', ONE, [35_000, 0.6]),
  tls: secure,
  ten: () => fast('200 gateways, 10 in flight', TEN, [60_000, 0.5]),
  twenty,
  open: openLoop,
  memory,
  peers,
  growth: () =>
    measureGrowth({
      rows: values.full ? 100_000_000 : Number(values.rows),
      seconds,
      ...(values.store !== undefined && { keep: values.store }),
    }),
  timescale: () => measureTimescale(seconds),
}

const wanted = values.only?.split(',') ?? Object.keys(GROUPS)
const unknown = wanted.find((name) => !Object.hasOwn(GROUPS, name))
if (unknown !== undefined) calledWrongly(HELP, `--only ${unknown}: there is none of that name`)

const measured: Row[] = []
for (const name of wanted) {
  process.stderr.write(`${name} ...\n`)
  measured.push(...((await GROUPS[name]?.()) ?? []))
}
print('ingest', measured)

/** On a server of its own, with our settings: what it acknowledges is on the disk. */
async function withBench<T>(work: (bench: Awaited<ReturnType<typeof openBench>>) => Promise<T>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
  try {
    await using server = await startServer({ dataDir })
    await using bench = await openBench(server.url, seconds)
    return await work(bench)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function fast(name: string, shape: Shape, [bar, against]: [number, number]): Promise<Row[]> {
  return withBench(async (bench) => {
    const aedes = await bench.run('aedes', shape)
    const nothing = await bench.run('nothing', shape)
    const { perSecond } = await bench.run('store', shape)
    const ratio = perSecond / aedes.perSecond
    return [
      { name, value: perSecond, unit: 'readings/s', ratio, bar },
      {
        name: '… against aedes alone, which stores nothing',
        value: ratio,
        unit: 'x',
        bar: against,
      },
      {
        name: '… against our own door, storing nothing',
        value: perSecond / nothing.perSecond,
        unit: 'x',
      },
    ]
  })
}

async function secure(): Promise<Row[]> {
  await using authority = await openAuthority()
  const tls = await authority.issue('bench', 'bench')
  return await withBench(async (bench) => {
    const { perSecond } = await bench.run('store', { ...ONE, tls })
    return [{ name: '1,000 x 1 over TLS', value: perSecond, unit: 'readings/s', bar: 20_000 }]
  })
}

async function twenty(): Promise<Row[]> {
  return withBench(async (bench) => {
    const { perSecond } = await bench.run('store', { gateways: 200, inFlight: 4, readings: 20 })
    const value = perSecond * 20
    return [{ name: 'messages of 20 readings', value, unit: 'readings/s', bar: 150_000 }]
  })
}

async function openLoop(): Promise<Row[]> {
  return withBench(async (bench) => {
    const load = await bench.run('store', { ...ONE, perSecond: 18_500 })
    const name = 'publish to acknowledged at 18,500/s'
    return [
      { name: `${name}: kept up with`, value: load.perSecond, unit: 'readings/s' },
      { name: `${name}, p50`, value: load.p50, unit: 'ms' },
      { name: `${name}, p99`, value: load.p99, unit: 'ms', bar: 60, less: true },
    ]
  })
}

async function memory(): Promise<Row[]> {
  return withBench(async (bench) => {
    const value = await bench.memory(10_000)
    const name = 'memory of the broker a connection, 10,000 connected'
    return [{ name, value, unit: 'KiB', bar: 40, less: true }]
  })
}

async function peers(): Promise<Row[]> {
  const rows: Row[] = []
  for (const peer of findPeers())
    rows.push(
      ...(await beside(peer, 'at 1,000 x 1', ONE, 4)),
      ...(await beside(peer, 'at 200 x 10', TEN, 8)),
    )
  return rows
}

function beside(peer: Peer, where: string, shape: Shape, bar: number): Promise<Row[]> {
  return withBench(async (bench) => {
    const theirs = await measurePeer(peer, bench, shape)
    const { perSecond } = await bench.run('store', shape)
    return [
      { name: `${peer.name}, ${where}`, value: theirs, unit: 'rows/s' },
      { name: '… we against it', value: perSecond / theirs, unit: 'x', bar },
    ]
  })
}
