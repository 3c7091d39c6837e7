import { ruleBroken, Unreadable } from '../store/refused.ts'
import { UnknownPerson } from '../store/rotations.ts'
import { UsageError } from './context.ts'

const WORDS: Readonly<Record<string, string>> = {
  one_planner: 'another planner has that time; see: anbu assignment list',
  one_leave: 'that person is on leave in that time already; see: anbu leave list',
  one_override: 'another change names one of them for that time; see: anbu override list',
  assignment_check: 'it must end after it begins',
  leave_check: 'it must end after it begins',
  rotation_override_check: 'it must end after it begins',
  who_left: 'that person has left the office; whoever is back: anbu person add --help',
  person_check: 'nobody stands in for themselves',
  leave_check1: 'nobody stands in for themselves',
  rotation_override_check1: 'say who leaves (--out), who joins (--in), or both, but not the same',
}

/** Runs a change, and says in words of the command line why the database would not have it. */
export async function change<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof UnknownPerson || error instanceof Unreadable)
      throw new UsageError(error.message)
    const rule = ruleBroken(error)
    if (rule === null) throw error
    if (rule.endsWith('_fkey')) throw new UsageError('there is no such person, rota or household')
    throw new UsageError(WORDS[rule] ?? `the database refused it by its rule ${rule}`)
  }
}
