import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Argument, type Command } from 'commander'
import type pg from 'pg'
import { Channel } from '../../schemas/channel.ts'
import { openChannels } from '../alerts/channels.ts'
import type { Send } from '../alerts/deliver.ts'
import { testMessage } from '../alerts/message.ts'
import type { Polls } from '../alerts/poll.ts'
import { wallClock } from '../clock.ts'
import { addressOf } from '../core/contact.ts'
import type { Result } from '../core/delivery.ts'
import { MINUTE } from '../core/time.ts'
import { findPerson } from '../store/staff.ts'
import { example, say } from './command-line.ts'
import { openLog, readEnvironment, UsageError } from './context.ts'
import { onDatabase } from './database.ts'
import { loadSecrets } from './secrets.ts'

/** Adds `anbu channel`. */
export function addChannel(anbu: Command): void {
  const channel = anbu.command('channel').description('the ways in which staff are told')
  channel
    .command('test')
    .description('sends a message that is marked as a test, and tells what came back')
    .addArgument(new Argument('<channel>').choices(Channel.options))
    .argument('<person>')
    .option('--json', 'what came back, as one JSON object')
    .addHelpText('after', example('anbu channel test sms kim', 'anbu channel test push oh --json'))
    .action(test)
}

async function test(name: Channel, person: string, { json }: { json?: true }): Promise<void> {
  const found = await onDatabase((pool) => tryChannel(pool, name, person))
  say(json ? JSON.stringify(found) : inWords(found))
  if (!found.reached) process.exitCode = 1
}

/** What came of a test: what the provider said at once, and later where it can be asked. */
type Found = {
  readonly channel: Channel
  readonly person: string
  readonly id: string
  readonly result: Result
  readonly later: string | null
  readonly reached: boolean
}

async function tryChannel(pool: pg.Pool, channel: Channel, person: string): Promise<Found> {
  const env = readEnvironment(process.env)
  const secrets = await loadSecrets(env, env.ANBU_DATA_DIR)
  const { channels, polls } = await openChannels({
    env,
    secrets,
    pool,
    log: openLog(env),
    now: wallNow,
  })
  const { send, address } = await wayTo(pool, channels[channel], channel, person)
  // No delivery has such a name, so that what is called back about it moves none.
  const id = `test_${randomUUID()}`
  const message = testMessage(env.ANBU_PUBLIC_URL ?? null, wallNow())
  const to = { person, address, ttl: 5 * MINUTE, lastResort: false }
  const result = await send(message, to, id)
  const later = result.kind === 'accepted' ? await askLater(polls, result) : null
  const reached = result.kind === 'accepted' && !later?.startsWith('failed')
  return { channel, person, id, result, later, reached }
}

const wallNow = () => wallClock.now()

async function wayTo(
  pool: pg.Pool,
  send: Send | null,
  channel: Channel,
  person: string,
): Promise<{ send: Send; address: string }> {
  if (!send) throw new UsageError(`the channel ${channel} is not set up; see docs/channels.md`)
  const found = await findPerson(pool, person)
  if (!found)
    throw new UsageError(`there is nobody of the name ${person}; see: anbu person add --help`)
  const address = addressOf(found, channel)
  if (address === null)
    throw new UsageError(`${person} has no address for ${channel}; ${GIVEN_BY(channel)}`)
  return { send, address }
}

const GIVEN_BY = (channel: Channel) =>
  channel === 'push'
    ? 'they register a device in the console, under their own name'
    : 'see: anbu person add --help'

const ASKED = 15
const EVERY = 2_000

/** What the provider says within half a minute, or null where nobody can be asked. */
async function askLater(
  polls: Polls,
  { provider, providerId }: Extract<Result, { kind: 'accepted' }>,
): Promise<string | null> {
  const poll = polls[provider ?? '']
  if (!poll || providerId === null) return null
  for (let tries = 0; tries < ASKED; tries++) {
    await sleep(EVERY)
    const found = await poll(providerId).catch((error: unknown) => say(`  ${String(error)}`))
    if (found) return found.detail === null ? found.status : `${found.status}: ${found.detail}`
  }
  return 'nothing yet'
}

function inWords({ channel, person, id, result, later }: Found): string {
  const said = result.kind === 'accepted' ? accepted(result) : `${result.kind}: ${result.detail}`
  const lines = [`${channel} to ${person} (${id}): ${said}`]
  if (result.kind === 'permanent' && result.fault)
    lines.push(result.fault === 'channel' ? OUR_FAULT : 'The address of this person is at fault.')
  if (later !== null) lines.push(`Asked half a minute long, the provider said: ${later}`)
  return lines.join('\n')
}

function accepted({ provider, providerId }: Extract<Result, { kind: 'accepted' }>): string {
  return `accepted${provider ? ` by ${provider}` : ''}${providerId ? ` as ${providerId}` : ''}`
}

const OUR_FAULT =
  'The set-up of the channel is at fault: keys, sender or template; see docs/channels.md.'
