import { type Command, Option } from 'commander'
import { LeavingReason } from '../../schemas/household.ts'
import { wallClock } from '../clock.ts'
import { type LeftOpen, leaveOffice, leftOpen } from '../store/leaving.ts'
import { leaveHousehold } from '../store/past-homes.ts'
import { example, say } from './command-line.ts'
import { UsageError, readEnvironment } from './context.ts'
import { onDatabase } from './database.ts'
import { localMoment } from './moment.ts'

/** `anbu person leave`: who leaves the office. */
export function addPersonLeave(person: Command): void {
  person
    .command('leave <id>')
    .description(
      'one of the staff leaves for good: no link and no session of theirs opens anything, nothing is sent to them; names what nobody has now',
    )
    .addHelpText(
      'after',
      example(
        'anbu person leave kim',
        '# whoever is back: their addresses and homes are given anew',
        'anbu person add kim --name 김가상 --role planner --office gasang-gu --email kim@example.org',
      ),
    )
    .action(async (id: string) => say(await personLeave(id)))
}

/** `anbu household leave`: which home is watched no more. */
export function addHouseholdLeave(household: Command): void {
  household
    .command('leave <pseudonym>')
    .description(
      'a home is watched no more: its gateways are let in no more, who lived there is deleted, nothing is raised; its cases must be closed before',
    )
    .addOption(
      new Option('--reason <reason>', 'why').choices(LeavingReason.options).makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      example(
        'anbu household leave h-001 --reason moved',
        '# watched again: a new watch, with gateways of new names',
        'anbu household add h-001 --office gasang-gu --alias "가상동 1호" --dong 가상동 --tier high --planner kim',
      ),
    )
    .action(async (id: string, { reason }: { reason: LeavingReason }) =>
      say(await householdLeave(id, reason)),
    )
}

async function householdLeave(household: string, reason: LeavingReason): Promise<string> {
  return await onDatabase(async (pool) => {
    const left = await leaveHousehold(pool, { household, reason }, null, wallClock.now())
    if (!left)
      throw new UsageError(`there is no home ${household}; next: anbu household add --help`)
    const { gateways, followUps } = left
    const at = localMoment(left.at, readEnvironment(process.env).ANBU_TIME_ZONE)
    const shut = `Let in no more: ${gateways.join(', ')}; a connection that stands ends within a minute, what comes after that is refused and on record.`
    const rest = `Still to be done for it, on the page 뒤이을 일: ${followUps}. See to it or drop it there.`
    return [
      `${household} is watched no more since ${at} (${left.reason}): nothing is raised for it, nobody answers for it, and nothing is kept of who lived there.`,
      ...(gateways.length > 0 ? [shut] : []),
      ...(followUps > 0 ? [rest] : []),
      'What was measured there goes with the retention, as everywhere.',
    ].join('\n')
  })
}

async function personLeave(person: string): Promise<string> {
  return await onDatabase(async (pool) => {
    const now = wallClock.now()
    if (!(await leaveOffice(pool, person, null, now)))
      throw new UsageError(`there is nobody called ${person}; next: anbu person add --help`)
    const open = await leftOpen(pool, person, now)
    if (!open) throw new Error(`that ${person} left is not on record`)
    const at = localMoment(open.at, readEnvironment(process.env).ANBU_TIME_ZONE)
    return [
      `${person} left at ${at}: no link and no session of theirs opens anything, nothing is sent to them, and no address of theirs is kept.`,
      'Cases that they had in hand go to the next within seconds, while the alert service runs.',
      ...toDo(person, open),
    ].join('\n')
  })
}

function toDo(person: string, open: LeftOpen): string[] {
  const { homes, others, deputies, rotations, plans, followUps } = open
  return [
    ...homes.map((home) => `${home} has no planner; next: anbu assignment add ${home} PERSON`),
    ...others.map(
      ({ household, duty }) =>
        `${household} has lost its ${duty}; next: anbu assignment add ${household} PERSON --as ${duty} --consent DAY`,
    ),
    ...deputies.map((one) => `nobody stands in for ${one}; next: anbu leave deputy ${one} PERSON`),
    ...rotations.map(
      (one) => `the rota ${one} still has turns of ${person}; next: anbu shift set ${one} --help`,
    ),
    ...plans.map((one) => `the plan ${one} names ${person}: publish a version that does not`),
    ...followUps.map(
      ({ id, household, kind, due }) =>
        `follow-up ${id} (${kind}, ${household}, due ${due}) waits for ${person}: see the page 뒤이을 일`,
    ),
  ]
}
