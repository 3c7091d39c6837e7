import type { Command } from 'commander'
import { wallClock } from '../clock.ts'
import { beginExercise } from '../store/exercises.ts'
import { listOffices } from '../store/offices.ts'
import { type Readiness, readinessOf } from '../store/readiness.ts'
import { example, json, print, say } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase } from './database.ts'
import { shown, zoneOf } from './when.ts'

/** `anbu drill`: exercises (훈련), by which each of the staff shows that an alert reaches them. */
export function addDrill(anbu: Command): void {
  const drill = anbu
    .command('drill')
    .description('exercises (훈련): whether an alert reaches each of the staff; monthly by itself')
  drill
    .command('start <person>')
    .description('sends one now, marked as an exercise everywhere')
    .addHelpText('after', example('anbu drill start kim'))
    .action(start)
  drill
    .command('list')
    .description('when each had the last one, and whether they answered')
    .option('--office <office>', 'of this one only')
    .addOption(json())
    .addHelpText('after', example('anbu drill list --office gasang-gu'))
    .action(list)
}

async function start(person: string): Promise<void> {
  await onDatabase(async (pool) => {
    if (!(await beginExercise(pool, person, wallClock.now())))
      throw new UsageError(`there is nobody called ${person}; next: anbu person add --help`)
    say(`${person} is sent an exercise with the next sweep; see: anbu drill list`)
  })
}

async function list(of: { office?: string; json?: boolean }): Promise<void> {
  await onDatabase(async (pool) => {
    const offices = of.office === undefined ? await listOffices(pool) : [of.office]
    const rows: (Readiness & { office: string; timeZone: string })[] = []
    for (const office of offices) {
      const timeZone = await zoneOf(pool, office)
      const staff = await readinessOf(pool, office, wallClock.now())
      rows.push(...staff.map((one) => ({ ...one, office, timeZone })))
    }
    print(of, rows, {
      heads: ['office', 'person', 'last exercise', 'answered'],
      row: (one) => [
        one.office,
        `${one.person} (${one.name})`,
        shown(one.exercised, one.timeZone) || 'never',
        shown(one.answered, one.timeZone),
      ],
      none: 'there are no staff; next: anbu person add --help',
    })
  })
}
