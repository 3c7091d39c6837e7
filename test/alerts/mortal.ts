import { basename } from 'node:path'
import type pg from 'pg'

/**
 * Where a process dies: at its nth statement, or at a point by name; before that is carried out, or just after, so that
 * what it was about to learn is lost.
 */
export type Fate = { readonly at: number | string; readonly done: boolean }

/** How often each point was come to, and how often somebody died there. */
export type Deaths = Map<string, { seen: number; died: number }>

/** That the process is gone. */
class Death extends Error {}

/** Whether all that went wrong is that the process is gone. */
export function isDeath(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isDeath)
  return error instanceof Death
}

/**
 * A pool of a process that dies by its fate: from then on every client of it is gone. Each statement is a point, named by
 * the function of the product that makes it and by what it does; of a transaction its begin and its commit too. `meanwhile`
 * says what others do while the process stands at a point.
 */
export function mortal(
  pool: pg.Pool,
  fate: Fate | null,
  deaths: Deaths,
  meanwhile: (point: string) => Promise<void> = async () => undefined,
): pg.Pool {
  let statements = 0
  let gone = false
  const dying = async (run: () => Promise<unknown>, text: unknown) => {
    if (text === 'rollback') return run()
    if (gone) throw new Death('the process is gone')
    const point = pointOf(String(text))
    const met = meet(deaths, point)
    await meanwhile(point)
    statements += 1
    if (!fate || ![statements, point].includes(fate.at)) return run()
    gone = true
    met.died += 1
    if (fate.done) await run()
    throw new Death(`the process died ${fate.done ? 'after' : 'before'} ${point}`)
  }
  const watched = (target: pg.Pool | pg.PoolClient): unknown =>
    new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name)
        if (name === 'query')
          return (text: string, values: unknown[]) => dying(() => of.query(text, values), text)
        if (name === 'connect') return async () => watched(await pool.connect())
        return typeof value === 'function' ? value.bind(of) : value
      },
    })
  // A proxy of a pool is one.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return watched(pool) as pg.Pool
}

function meet(deaths: Deaths, point: string): { seen: number; died: number } {
  const met = deaths.get(point) ?? { seen: 0, died: 0 }
  deaths.set(point, met)
  met.seen += 1
  return met
}

/** The name of the point that makes this statement now, such as "insertAlert: insert alert" or "takeSignal: commit". */
function pointOf(text: string): string {
  return `${makerOf(frames())}: ${actOf(text)}`
}

// What every statement goes through says nothing of whose it is.
const THROUGH: ReadonlySet<string> = new Set(['pool.ts', 'mortal.ts'])

function makerOf(sites: readonly NodeJS.CallSite[]): string {
  const own = sites.find((site) => {
    const file = site.getFileName() ?? ''
    const name = site.getFunctionName()
    return file.includes('/services/') && !THROUGH.has(basename(file)) && name
  })
  return own?.getFunctionName()?.replace(/^.*\./, '') ?? 'nobody'
}

function frames(): readonly NodeJS.CallSite[] {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  try {
    Error.prepareStackTrace = (_, sites) => sites
    // The runtime hands over whatever the line above returns.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return new Error('here').stack as unknown as NodeJS.CallSite[]
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before)
    else Reflect.deleteProperty(Error, 'prepareStackTrace')
  }
}

const ACTS = /\b(insert into|update|delete from|from) (\w+)/
const VERBS: Readonly<Record<string, string>> = {
  'insert into': 'insert',
  'delete from': 'delete',
  from: 'read',
}

function actOf(text: string): string {
  if (text === 'begin' || text === 'commit') return text
  const found = ACTS.exec(text)
  // No table: a function of the server.
  if (!found) return /\w+(?=\()/.exec(text)?.[0] ?? text
  const verb = String(found[1])
  return `${VERBS[verb] ?? verb} ${found[2]}`
}
