import { text as readAll } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import { Role, StaffRole, Tier } from '../../schemas/household.ts'
import { Kind } from '../../schemas/reading.ts'
import { HOUR } from '../core/time.ts'
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
} from './admin.ts'
import { example, positive, say } from './command-line.ts'
import { addHouseholdLeave, addPersonLeave } from './leaving.ts'

/** `anbu person`, `household`, `gateway`, `device`: who works here, and what is watched. */
export function addAdmin(anbu: Command): void {
  addPeople(anbu)
  addHouseholds(anbu)
  addGateways(anbu)
  addDevices(anbu)
}

function addPeople(anbu: Command): void {
  const person = anbu.command('person').description('the staff')
  person
    .command('add <id>')
    .description('makes one of the staff known, or changes what is known of them')
    .requiredOption('--name <name>', 'as colleagues read it')
    .addOption(
      new Option('--role <role>', 'what they are in the office')
        .choices(StaffRole.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--office <office>', 'where they work, such as gasang-gu')
    .option('--email <address>', 'for messages and sign-in links')
    .option('--webhook <url>', 'takes signed messages (standardwebhooks.com)')
    .option('--phone <number>', 'for AlimTalk and text messages')
    .option('--slack <url>', "a Slack channel's incoming webhook: a notice, never somebody reached")
    .option('--ntfy <topic>', 'one that nobody else can guess')
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
    .addHelpText('after', example('anbu person link kim'))
    .action(async (id: string) => say(await personLink(id)))
  addPersonLeave(person)
}

function addHouseholds(anbu: Command): void {
  const household = anbu.command('household').description('the homes that are watched')
  household
    .command('add <pseudonym>')
    .description('makes a home known, or changes what is known of it')
    .requiredOption('--office <office>', 'which office sees to it')
    .requiredOption('--alias <alias>', 'what staff call it; never a name')
    .requiredOption('--dong <dong>', 'where it is, no more precisely')
    .addOption(
      new Option(
        '--tier <tier>',
        'how much at risk: after 24, 36 or 50 hours it is always asked about',
      )
        .choices(Tier.options)
        .makeOptionMandatory(),
    )
    .option('--planner <person>', 'the assigned welfare planner')
    .option('--time-zone <zone>', 'IANA name', 'Asia/Seoul')
    .addHelpText(
      'after',
      example(
        'anbu household add h-001 --office gasang-gu --alias "가상동 1호" --dong 가상동 --tier high --planner kim',
      ),
    )
    .action(async (id: string, given: object) => say(await householdAdd(id, given)))
  addHouseholdLeave(household)
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
}

function addGateways(anbu: Command): void {
  const gateway = anbu.command('gateway').description('what stands in a home and speaks MQTT')
  gateway
    .command('add <gateway> <household>')
    .description(
      'makes one, or gives it a new password, which is shown once; one that is disabled is let in again',
    )
    .addHelpText('after', example('anbu gateway add gw-001 h-001'))
    .action(async (id: string, home: string) => say(await gatewayAdd(id, home)))
  gateway
    .command('list')
    .description('each with its home, and when it was last heard')
    .addHelpText('after', example('anbu gateway list'))
    .action(async () => say(await gatewayList()))
  gateway
    .command('rotate <gateway>')
    .description(
      'gives it a new password, which is shown once; the old one lets nobody in any more',
    )
    .addHelpText('after', example('anbu gateway rotate gw-001'))
    .action(async (id: string) => say(await gatewayRotate(id)))
  gateway
    .command('disable <gateway>')
    .description('lets it in no more, and has nobody told that it is silent')
    .addHelpText('after', example('anbu gateway disable gw-001'))
    .action(async (id: string) => say(await gatewayDisable(id)))
}

function addDevices(anbu: Command): void {
  const device = anbu.command('device').description('the sensors at a gateway')
  device
    .command('list [gateway]')
    .description('what each said last; those too that nobody has assigned')
    .addHelpText('after', example('anbu device list', 'anbu device list gw-001'))
    .action(async (id?: string) => say(await deviceList(id)))
  device
    .command('assign <gateway> <uid>')
    .description('says what a sensor is: until then nothing that it says counts')
    .addOption(
      new Option('--kind <kind>', 'its main reading').choices(Kind.options).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--role <role>',
        'exit: on the door by which one leaves; inner: only somebody inside can cause it; mains: measures the whole home; plug: one appliance; sos: a button that calls for help',
      )
        .choices(Role.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--room <room>', 'as staff read it')
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
    .action(async (id: string, uid: string, given: object) =>
      say(await deviceAssign(id, uid, given)),
    )
}
