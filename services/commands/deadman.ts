import { createServer } from 'node:http'
import { once } from 'node:events'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { example, positive, say } from './command-line.ts'
import { aborted, untilStopped } from './context.ts'

type Given = { port: number; host: string; after: number; page: string }

/** `anbu deadman`: listens on another machine for the heartbeat, and pages when it stops. */
export function addDeadman(anbu: Command): void {
  anbu
    .command('deadman')
    .description('on another machine: listens for the heartbeat, and pages by ntfy when it stops')
    .requiredOption('--page <url>', 'an ntfy topic, or whatever takes a POST with a text', webUrl)
    .addOption(new Option('--port <n>', 'the port to listen on').argParser(positive).default(9119))
    .option('--host <address>', 'the address to listen on', '0.0.0.0')
    .addOption(new Option('--after <seconds>', 'without a beat').argParser(positive).default(60))
    .addHelpText(
      'after',
      example('anbu deadman --page https://ntfy.example.org/anbu-0a1b2c3d --after 60'),
    )
    .action(listen)
}

function webUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new InvalidArgumentError('such as https://ntfy.example.org/anbu-0a1b2c3d')
}

async function listen({ port, host, after, page }: Given): Promise<void> {
  let paged = false
  const alarm = () => {
    paged = true
    void tell(page, `안부의 심박이 ${after}초째 없습니다. Anbu has not been heard for ${after} s.`)
  }
  let timer = setTimeout(alarm, after * 1000)
  const server = createServer((request, response) => {
    request.resume()
    if (request.method !== 'POST') return void response.writeHead(405).end()
    clearTimeout(timer)
    timer = setTimeout(alarm, after * 1000)
    if (paged) void tell(page, '안부의 심박이 돌아왔습니다. Anbu is heard again.')
    paged = false
    response.end()
  })
  server.listen(port, host)
  await once(server, 'listening')
  say(`listening for the heartbeat on ${host}:${port}`)
  await aborted(untilStopped())
  clearTimeout(timer)
  server.closeAllConnections()
  server.close()
}

// A page that fails is tried again until it is taken: here nobody else would.
async function tell(page: string, text: string): Promise<void> {
  for (let wait = 1000; ; wait = Math.min(60_000, wait * 2)) {
    try {
      const headers = { Title: 'Anbu', Priority: 'urgent' }
      const how = { method: 'POST', headers, body: text, signal: AbortSignal.timeout(10_000) }
      const answer = await fetch(page, how)
      await answer.body?.cancel()
      if (answer.ok) return say(text)
      say(`the page was answered ${answer.status}; it is tried again`)
    } catch (error) {
      say(`the page did not leave (${String(error)}); it is tried again`)
    }
    await new Promise((resolve) => {
      setTimeout(resolve, wait)
    })
  }
}
