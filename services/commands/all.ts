import { Argument, Command, Option } from 'commander'
import { addAbsenceCommands } from './absence.ts'
import { addAdmin } from './add-admin.ts'
import { addReplay } from './add-replay.ts'
import { addAssignments } from './assignment.ts'
import { addBacktest } from './backtest.ts'
import { addChannel } from './channel.ts'
import { example, language, positive, say } from './command-line.ts'
import { UsageError, readEnvironment } from './context.ts'
import { addCoverage } from './coverage.ts'
import { addDeadman } from './deadman.ts'
import { demo } from './demo.ts'
import { addDoctor } from './doctor.ts'
import { addDrill } from './drill.ts'
import { addEvaluate } from './evaluate.ts'
import { addLeaves } from './leave.ts'
import { addHolidays, addOffices } from './office.ts'
import { addOverrides } from './override.ts'
import { addPlan } from './plan-simulate.ts'
import { addPolicy } from './policy.ts'
import { addRecord } from './record.ts'
import { SERVICES } from './services.ts'
import { addShifts } from './shift.ts'
import { addSimulate } from './simulate.ts'
import { migrateAt, start } from './start.ts'

/** The command line with all its commands. */
export function commandLine(): Command {
  const anbu = new Command('anbu')
    .description(
      'Notices when somebody who lives alone has gone quiet, and sees to it that a person goes and looks.',
    )
    .showHelpAfterError()
    .configureHelp({ optionDescription })
  for (const add of COMMANDS) add(anbu)
  return anbu
}

const COMMANDS: readonly ((anbu: Command) => void)[] = [
  addDemo,
  addReplay,
  addBacktest,
  addRecord,
  addStart,
  addAdmin,
  addChannel,
  addPolicy,
  addAbsenceCommands,
  addAssignments,
  addLeaves,
  addShifts,
  addOverrides,
  addOffices,
  addHolidays,
  addCoverage,
  addPlan,
  addEvaluate,
  addSimulate,
  addDoctor,
  addDeadman,
  addDrill,
]

// Which options one cannot leave out is said where they are told of, and not only when one is missing.
function optionDescription({ description, argChoices, defaultValue, mandatory }: Option): string {
  const known = defaultValue !== undefined && defaultValue !== '' && defaultValue !== false
  const rest = [
    mandatory && defaultValue === undefined ? 'required' : '',
    argChoices ? `one of ${argChoices.join(', ')}` : '',
    known ? `otherwise ${wordOf(defaultValue)}` : '',
  ].filter((each) => each !== '')
  return [description, rest.length > 0 ? `(${rest.join('; ')})` : ''].join(' ').trim()
}

function wordOf(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

function addDemo(anbu: Command): void {
  anbu
    .command('demo')
    .description(
      'a simulated neighbourhood of 24 homes through the whole pipeline, on this machine',
    )
    .option('--speed <n>', 'simulated seconds a second, once the past is published', positive, 1000)
    .option('--fresh', 'forget what an earlier demo left')
    .addOption(new Option('--until <what>', 'end by itself').choices(['alert']))
    .addOption(language())
    .option('--data-dir <path>', 'where the demo lives', 'data/demo')
    .addHelpText('after', example('anbu demo --fresh --speed 2000', 'anbu demo --until alert'))
    .action(demo)
}

function addStart(anbu: Command): void {
  anbu
    .command('start')
    .description('runs services until it is told to end; without a name all of them in one process')
    .addArgument(new Argument('[service...]').choices(SERVICES))
    .option('--mqtt-url <url>', 'for ingest: the broker of another house that it listens to')
    .addHelpText(
      'after',
      example(
        'anbu start',
        'anbu start broker',
        'anbu start ingest --mqtt-url mqtts://anbu:secret@broker.example:8883',
      ),
    )
    .action(start)
  anbu
    .command('migrate')
    .description('brings the database at ANBU_DATABASE_URL to this version')
    .addHelpText('after', example('anbu migrate'))
    .action(async () => {
      const url = readEnvironment(process.env).ANBU_DATABASE_URL
      if (!url)
        throw new UsageError('set ANBU_DATABASE_URL; without it `anbu start` migrates its own')
      const ran = await migrateAt(url)
      say(ran.length > 0 ? `ran ${ran.join(', ')}` : 'nothing to do')
    })
}
