import { Redis } from 'ioredis'
import { find, HOW } from './optional.ts'
import { image } from './image.ts'
import { freePort, startTied } from './tied.ts'

/** A Redis for tests, with nothing in it. */
export type RedisServer = { readonly url: string } & AsyncDisposable

/** Starts a Redis, or takes the one that ANBU_TEST_REDIS_URL names. */
export async function startRedis(): Promise<RedisServer> {
  const found = find('redis')
  if (found?.by === 'url') return takeGiven(found.url)
  if (found?.by === 'path') return startProgram(found.path)
  if (found?.by === 'container') return startContainer()
  throw new Error(`redis is required, but not here: ${HOW.redis}`)
}

/** Empties a Redis for the next test. */
export async function emptyRedis(url: string): Promise<void> {
  const redis = new Redis(url)
  await redis.flushdb()
  redis.disconnect()
}

async function takeGiven(url: string): Promise<RedisServer> {
  const redis = new Redis(url)
  const keys = await redis.dbsize()
  redis.disconnect()
  if (keys > 0)
    throw new Error(`ANBU_TEST_REDIS_URL: it holds ${keys} keys, and tests would empty it`)
  return { url, [Symbol.asyncDispose]: async () => undefined }
}

async function startProgram(program: string): Promise<RedisServer> {
  const port = await freePort()
  const forgetful = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction']
  const where = ['--port', String(port), '--bind', '127.0.0.1']
  const server = await startTied([program, ...where, ...forgetful], 'Ready to accept connections')
  return Object.assign(server, { url: `redis://127.0.0.1:${port}` })
}

async function startContainer(): Promise<RedisServer> {
  const { GenericContainer } = await import('testcontainers')
  const container = await new GenericContainer(await image('redis')).withExposedPorts(6379).start()
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    [Symbol.asyncDispose]: async () => void (await container.stop()),
  }
}
