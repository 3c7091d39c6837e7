import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

// The shell holds our end of a pipe. It ends with us, however we end, and then the shell ends the server.
const TIE = '"$@" 2>&1 & server=$!; read -r _; kill -INT $server; wait $server'
const PATIENCE = 20_000

/** Starts a server that ends when this process does, even killed. Resolves once it has said `ready`. */
export async function startTied(command: string[], ready: string): Promise<AsyncDisposable> {
  const child = spawn('sh', ['-c', TIE, 'sh', ...command], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const stop = async () => {
    child.stdin.end()
    await ended
  }
  let said = ''
  const { promise: isReady, resolve, reject } = Promise.withResolvers<void>()
  const listen = (chunk: Buffer) => {
    said += chunk.toString()
    if (!said.includes(ready)) return
    // What it says from now on is read, or its pipe would fill and it would stand still, and forgotten.
    child.stdout.off('data', listen).resume()
    resolve()
  }
  child.stdout.on('data', listen)
  const timer = setTimeout(
    () => reject(new Error(`${command[0]} did not get ready: ${said}`)),
    PATIENCE,
  )
  try {
    await isReady
    return { [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no TCP port to listen on')
  return address.port
}
