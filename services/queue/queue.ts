import { Queue as BullQueue, Worker, createPostgresBackend } from 'bullmq'
import type { Logger } from 'pino'
import { JOBS, type JobName } from '../../schemas/job.ts'

/** Wakes workers. What is to be done stands in PostgreSQL; a job here only says "look now". */
export type Queue = AsyncDisposable & {
  /** Asks for one run of `job` soon. Many askings before it starts are one run. */
  wake(job: JobName): Promise<void>
  /**
   * Runs `handler` whenever woken, and at least every `everyMs` real milliseconds; runs of one job never
   * overlap in this process. A handler that throws is logged, and runs again with the next sweep.
   */
  work(job: JobName, handler: () => Promise<void>, everyMs: number): Promise<void>
}

/** Where the jobs live: in Redis when its URL is given, else in the PostgreSQL that holds everything. */
export type QueueOptions = { redisUrl?: string | undefined; databaseUrl: string; log: Logger }

/** Opens the queues. Each job has its own, so that a long `learn` never holds up a `watch`. */
export function openQueue(options: QueueOptions): Queue {
  const { log, redisUrl, databaseUrl } = options
  const backend = redisUrl ? onRedis(redisUrl) : onPostgres(databaseUrl)
  const open: Open = { timers: new DisposableStack(), workers: [], queues: [] }
  let closing = false
  const queues = new Map<JobName, Promise<Jobs>>()

  const wake = async (job: JobName): Promise<void> => {
    // A queue that is closed would never answer, and whoever waits for it would never end.
    if (closing) return
    const queue = await queueOf(job)
    // A run that is waiting will see our row; one that is active may have passed it, so keep one more.
    const deduplication = { id: job, keepLastIfActive: true }
    await queue.add(job, JOBS[job].parse({}), { ...KEEP, deduplication })
  }

  const queueOf = (job: JobName): Promise<Jobs> => {
    const queue = queues.get(job) ?? openJobs(backend, job, open.queues, log)
    queues.set(job, queue)
    // One that could not be opened is not remembered: the next asking tries again.
    queue.catch(() => queues.delete(job))
    return queue
  }

  return {
    wake,
    async work(job, handler, everyMs) {
      // First the queue: on PostgreSQL it makes the tables, and a worker on tables that are not there would spin.
      await queueOf(job)
      const worker = backend.worker(`anbu-${job}`, handler)
      open.workers.push(worker)
      worker.on('failed', (_, error) =>
        log.error({ err: error, job }, 'job failed, will run again'),
      )
      worker.on('error', (error) => log.warn({ err: error, job }, 'worker lost its connection'))
      await worker.waitUntilReady()
      // A timer here and not BullMQ's scheduler: that is a job itself, and whoever flushes the server ends it.
      const again = () => wake(job).catch((err: unknown) => log.warn({ err, job }, 'cannot wake'))
      const timer = setInterval(() => void again(), everyMs)
      open.timers.defer(() => clearInterval(timer))
      await again()
    },
    async [Symbol.asyncDispose]() {
      closing = true
      await close(open)
    },
  }
}

// What is finished tells nothing that the database does not; the last failed ones help who looks.
const KEEP = { removeOnComplete: true, removeOnFail: 20 } as const

type Jobs = Pick<BullQueue<object>, 'add' | 'upsertJobScheduler' | 'waitUntilReady' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
}

type Running = Pick<Worker, 'waitUntilReady' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'failed', listener: (job: unknown, error: Error) => void): unknown
}

type Backend = {
  queue(name: string): Jobs
  worker(name: string, handler: () => Promise<void>): Running
}

type Open = {
  readonly timers: DisposableStack
  readonly workers: Running[]
  readonly queues: Jobs[]
}

async function close({ timers, workers, queues }: Open): Promise<void> {
  timers.dispose()
  // Workers first: what they are at may still want a queue.
  await Promise.all(workers.map((worker) => worker.close()))
  await Promise.all(queues.map((queue) => queue.close()))
}

async function openJobs(backend: Backend, job: JobName, open: Jobs[], log: Logger): Promise<Jobs> {
  const queue = backend.queue(`anbu-${job}`)
  open.push(queue)
  queue.on('error', (error) => log.warn({ err: error, job }, 'queue lost its connection'))
  await queue.waitUntilReady()
  return queue
}

// In milliseconds: how soon the job of a worker that was killed is given to another. A sweep takes far less.
const STALLED = { lockDuration: 10_000, stalledInterval: 5000 }

function onRedis(url: string): Backend {
  // A worker waits for its server however long it is away: BullMQ demands null for that.
  const connection = { url, maxRetriesPerRequest: null }
  return {
    queue: (name) => new BullQueue(name, { connection }),
    worker: (name, handler) => new Worker(name, handler, { connection, ...STALLED }),
  }
}

function onPostgres(connectionString: string): Backend {
  // Each queue and each worker opens its own pool and a session to listen with: keep them small.
  const connection = { connectionString, schema: 'jobs', migrate: true, max: 2 }
  return {
    queue: (name) => new BullQueue(name, { connection }, createPostgresBackend),
    worker: (name, handler) =>
      new Worker(name, handler, { connection, ...STALLED }, createPostgresBackend),
  }
}
