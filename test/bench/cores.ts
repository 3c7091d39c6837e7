import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/**
 * The core seconds that this process and its sessions with the database have taken so far. On a machine that others use too the
 * wall's clock tells of them; what the work took is what it took of the cores.
 */
export async function coreSeconds(db: pg.Pool): Promise<number> {
  const { user, system } = process.cpuUsage()
  const { rows: backends } = await db.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database()`,
  )
  const ticks = await Promise.all(backends.map(({ pid }) => ticksOf(pid)))
  return (user + system) / 1e6 + ticks.reduce((sum, each) => sum + each, 0) / 100
}

// utime and stime of proc_pid_stat(5), behind the name in parentheses; none on a machine without /proc.
async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}
