import { text as readAll } from 'node:stream/consumers'
import { Argument, Command, Option } from 'commander'
import { Kind } from '../schemas/reading.ts'
import { Role, StaffRole, Tier } from '../schemas/household.ts'
import { HOUR } from './core/time.ts'
import { addAbsenceCommands } from './commands/absence.ts'
import { addReplay } from './commands/add-replay.ts'
import { addBacktest } from './commands/backtest.ts'
import { addRecord } from './commands/record.ts'
import {
  RESIDENT_EXAMPLE,
  deviceAssign,
  deviceList,
  gatewayAdd,
  gatewayDisable,
  gatewayList,
  gatewayRotate,
  householdAdd,
  householdResident,
  personAdd,
  personLink,
} from './commands/admin.ts'
import { addAssignments } from './commands/assignment.ts'
import { addCoverage } from './commands/coverage.ts'
import { addDeadman } from './commands/deadman.ts'
import { addDoctor } from './commands/doctor.ts'
import { addLeaves } from './commands/leave.ts'
import { addHolidays, addOffices } from './commands/office.ts'
import { addOverrides } from './commands/override.ts'
import { addShifts } from './commands/shift.ts'
import { addChannel } from './commands/channel.ts'
import { example, language, positive, say } from './commands/command-line.ts'
import { UsageError, openLog, readEnvironment } from './commands/context.ts'
import { addDrill } from './commands/drill.ts'
import { addEvaluate } from './commands/evaluate.ts'
import { demo } from './commands/demo.ts'
import { addPlan } from './commands/plan-simulate.ts'
import { addPolicy } from './commands/policy.ts'
import { SERVICES } from './commands/services.ts'
import { addSimulate } from './commands/simulate.ts'
import { migrateAt, start } from './commands/start.ts'

const anbu = new Command('anbu')
  .description(
    'Notices when somebody who lives alone has gone quiet, and sees to it that a person goes and looks.',
  )
  .showHelpAfterError()

anbu
  .command('demo')
  .description('a simulated neighbourhood of 24 homes through the whole pipeline, on this machine')
  .option('--speed <n>', 'simulated seconds a second, once the past is published', positive, 1000)
  .option('--fresh', 'forget what an earlier demo left')
  .addOption(new Option('--until <what>', 'end by itself').choices(['alert']))
  .addOption(language())
  .option('--data-dir <path>', 'where the demo lives', 'data/demo')
  .addHelpText('after', example('anbu demo --fresh --speed 2000', 'anbu demo --until alert'))
  .action(demo)

addReplay(anbu)
addBacktest(anbu)
addRecord(anbu)

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
  .action(async () => {
    const url = readEnvironment(process.env).ANBU_DATABASE_URL
    if (!url)
      throw new UsageError('set ANBU_DATABASE_URL; without it `anbu start` migrates its own')
    const ran = await migrateAt(url)
    say(ran.length > 0 ? `ran ${ran.join(', ')}` : 'nothing to do')
  })

const person = anbu.command('person').description('the staff')
person
  .command('add <id>')
  .requiredOption('--name <name>')
  .addOption(new Option('--role <role>').choices(StaffRole.options).makeOptionMandatory())
  .requiredOption('--office <office>')
  .option('--email <address>')
  .option('--webhook <url>')
  .option('--phone <number>', 'for AlimTalk and text messages')
  .option('--slack <url>', "a Slack channel's incoming webhook: a notice, never somebody reached")
  .option('--ntfy <topic>')
  .option('--cap <url>', 'where a control room takes CAP 1.2 documents')
  .addHelpText(
    'after',
    example(
      'anbu person add kim --name 김가상 --role planner --office gasang-gu --email kim@example.org',
    ),
  )
  .action(async (id: string, given: object) => say(await personAdd(id, given)))
person
  .command('link <id>')
  .description('a sign-in link, good for an hour')
  .action(async (id: string) => say(await personLink(id)))

const household = anbu.command('household').description('the homes that are watched')
household
  .command('add <pseudonym>')
  .requiredOption('--office <office>')
  .requiredOption('--alias <alias>', 'what staff call it; never a name')
  .requiredOption('--dong <dong>')
  .addOption(new Option('--tier <tier>').choices(Tier.options).makeOptionMandatory())
  .option('--planner <person>')
  .option('--time-zone <zone>', 'IANA name', 'Asia/Seoul')
  .addHelpText(
    'after',
    example(
      'anbu household add h-001 --office gasang-gu --alias "가상동 1호" --dong 가상동 --tier high --planner kim',
    ),
  )
  .action(async (id: string, given: object) => say(await householdAdd(id, given)))
household
  .command('resident <pseudonym>')
  .description('seals who lives there: encrypted, and every look is logged')
  .addHelpText(
    'after',
    [
      '\nReads one JSON object from standard input, from a file or typed and ended with Ctrl-D:',
      `  ${RESIDENT_EXAMPLE}`,
      example('anbu household resident h-001 < resident.json'),
    ].join('\n'),
  )
  .action(async (id: string) => say(await householdResident(id, await readAll(process.stdin))))

const gateway = anbu.command('gateway').description('what stands in a home and speaks MQTT')
gateway
  .command('add <gateway> <household>')
  .description('makes one, or gives it a new password, which is shown once')
  .action(async (id: string, home: string) => say(await gatewayAdd(id, home)))
gateway.command('list').action(async () => say(await gatewayList()))
gateway
  .command('rotate <gateway>')
  .description('gives it a new password, which is shown once; the old one lets nobody in any more')
  .action(async (id: string) => say(await gatewayRotate(id)))
gateway.command('disable <gateway>').action(async (id: string) => say(await gatewayDisable(id)))

const device = anbu.command('device').description('the sensors at a gateway')
device
  .command('list [gateway]')
  .description('what each said last; those too that nobody has assigned')
  .action(async (id?: string) => say(await deviceList(id)))
device
  .command('assign <gateway> <uid>')
  .addOption(new Option('--kind <kind>').choices(Kind.options).makeOptionMandatory())
  .addOption(new Option('--role <role>').choices(Role.options).makeOptionMandatory())
  .requiredOption('--room <room>')
  .option(
    '--silent-after <hours>',
    'a fault when silent for longer; learnt, unless given',
    (text) => positive(text) * HOUR,
  )
  .addHelpText(
    'after',
    example(
      'anbu device assign gw-001 0x00158d00 --kind open --role exit --room 현관',
      '# no contact on the door: the motion sensor at the entrance stands for it;',
      '# only where the rooms beyond the entrance have sensors, for who is seen nowhere is out',
      'anbu device assign gw-001 0x00158d01 --kind motion --role exit --room 현관',
    ),
  )
  .action(async (id: string, uid: string, given: object) => say(await deviceAssign(id, uid, given)))

addChannel(anbu)
addPolicy(anbu)
addAbsenceCommands(anbu)
addAssignments(anbu)
addLeaves(anbu)
addShifts(anbu)
addOverrides(anbu)
addOffices(anbu)
addHolidays(anbu)
addCoverage(anbu)
addPlan(anbu)
addEvaluate(anbu)
addSimulate(anbu)
addDoctor(anbu)
addDeadman(anbu)
addDrill(anbu)

await anbu.parseAsync().catch(fail)

function fail(error: unknown): never {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n`)
  else openLog(readEnvironment({})).fatal({ err: error }, 'ended by an error')
  // What a failed start leaves open must not keep the process alive.
  process.exit(1)
}
