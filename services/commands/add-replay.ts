import { type Command, InvalidArgumentError, Option } from 'commander'
import { Tier } from '../../schemas/household.ts'
import { FORMAT_NAMES } from '../../simulator/formats.ts'
import { example, language, positive, whole, zone } from './command-line.ts'
import { replay } from './replay.ts'

/** Adds `anbu replay`. */
export function addReplay(anbu: Command): void {
  const command = anbu
    .command('replay')
    .description('lives homes again through MQTT and the very pipeline; troubles nobody')
    .argument(
      '<files...>',
      'a recording of one home, or its parts in order, gzipped or not; or a scenario, by its name or as a file',
    )
    .option(
      '--speed <n>',
      'simulated seconds a second, or max: as fast as it is judged',
      pace,
      1440,
    )
    .option('--from <date>', 'only from this day, or this instant, on the clocks of the home')
    .option('--to <date>', 'only up to this day, or this instant')
    .option('--budget <n>', 'false alarms a home and month, as --set budget=<n>', positive)
    .option('--set <setting...>', 'what holds: budget=0.1, tier.high.ceiling=18h, floor=90m')
    .option('--plan <file>', 'the escalation plan to tell by (JSON)')
    .option('--unanswered', 'nobody closes a case when movement is back')
    .option('--sandbox', 'in a database beside the one at ANBU_DATABASE_URL, with its plans')
    .option('--fresh', 'from the beginning, though an earlier run stopped on the way')
    .addOption(new Option('--until <what>', 'stop by itself, to go on later').choices(['signal']))
    .option('--keep', 'keep the console open when it is over, until Ctrl-C')
    .option('--json', 'the signals as one JSON object, and nothing else on standard output')
    .addOption(language())
    .option('--data-dir <path>', 'where the replay lives', 'data/replay')
    .addHelpText(
      'after',
      example(
        'anbu replay home.txt --speed 1440',
        'anbu replay power/*.csv.gz --speed max --json',
        'anbu replay death --speed max --set budget=0.1',
        'anbu replay home.txt --from 2016-07-13 --until signal --keep',
      ),
    )
    .action(replay)
  addSubject(command)
}

// What says which home it is, where its files do not.
function addSubject(command: Command): void {
  command
    .addOption(new Option('--format <name>', 'found by content otherwise').choices(FORMAT_NAMES))
    .option('--time-zone <zone>', 'where the home is, when the recording does not say', zone)
    .option('--exit <device...>', 'the doors by which one leaves, when their names do not say so')
    .option('--first-day <date>', 'the day of the first file of a set without dates')
    .addOption(new Option('--tier <tier>', 'how much at risk').choices(Tier.options))
    .option('--homes <n>', 'of a scenario: how many', whole)
    .option('--seed <n>', 'of a scenario: other people, the same story', whole)
}

function pace(text: string): number | 'max' {
  if (text === 'max') return 'max'
  try {
    return positive(text)
  } catch {
    throw new InvalidArgumentError('a number above 0, or max')
  }
}
