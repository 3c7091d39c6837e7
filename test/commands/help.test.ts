import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../../services/commands/all.ts'

/** Every command that does something, with its whole name. */
function leaves(command: Command, name = ''): { name: string; command: Command }[] {
  return command.commands.flatMap((each) => {
    const whole = `${name} ${each.name()}`.trim()
    return each.commands.length > 0 ? leaves(each, whole) : [{ name: whole, command: each }]
  })
}

function helpOf(command: Command): string {
  let said = ''
  command.configureOutput({ writeOut: (text) => (said += text) }).outputHelp()
  return said
}

const ALL = leaves(commandLine())

describe('the help', () => {
  test('is there for every command', () => {
    expect(ALL.length).toBeGreaterThan(40)
  })

  test.for(ALL)(
    'of anbu $name says what it does, what each option is, and an example',
    ({ name, command }) => {
      expect(command.description()).not.toBe('')
      const mute = command.options.filter(({ description }) => description === '')
      expect(mute.map(({ flags }) => flags)).toEqual([])
      const help = helpOf(command)
      expect(help).toContain('Examples:')
      expect(help).toContain(`anbu ${name}`)
      for (const { long, mandatory, defaultValue } of command.options)
        if (mandatory && defaultValue === undefined)
          expect(help).toMatch(new RegExp(`${long} [^]*?required`))
    },
  )
})
