import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

/** The scripts of package.json that are files of ours, and whatever lies under scripts/. */
const SCRIPTS = [
  ...new Set(
    readFileSync('package.json', 'utf8').match(/(?<= )(scripts|test)\/[\w/-]+\.(ts|mjs)(?=["\s])/g),
  ),
  'scripts/counts.mjs',
].filter((file) => !file.endsWith('.test.ts'))

describe('every script', () => {
  test('is known', () => {
    expect(SCRIPTS).toContain('test/chaos/run.ts')
    expect(SCRIPTS.length).toBeGreaterThan(12)
  })

  test.for(SCRIPTS)('%s says with --help how it is called, and does nothing else', (file) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, '--help'], {
      encoding: 'utf8',
    })
    expect(stdout).toMatch(/^(npm run|node scripts)/)
    expect([status, stderr]).toEqual([0, ''])
  })

  test.for([['--rounds', 'many'], ['--kill-all']])(
    'that is called wrongly says how it is called, and has no stack: chaos %j',
    (args) => {
      const said = spawnSync(process.execPath, ['test/chaos/run.ts', ...args], { encoding: 'utf8' })
      expect(said.stderr).toMatch(/^[^\n]+\n\nnpm run chaos/)
      expect(said.stderr).not.toContain('    at ')
      expect(said.status).toBe(1)
    },
  )
})
