import type { JobName } from '../../schemas/job.ts'
import type { Queue } from '../queue/queue.ts'

/** A queue that runs nothing by itself: whoever moves the clock says when, and waits. */
export type StepQueue = Queue & {
  /** Runs these jobs in this order, then whatever they have woken, until nothing is asked for. Fails with a job. */
  run(jobs: readonly JobName[]): Promise<void>
  /** Runs every job that there is. */
  runAll(): Promise<void>
}

/** Opens one. That nothing is lost does not hang on the queue: it only wakes, and here nobody sleeps. */
export function openStepQueue(): StepQueue {
  const handlers = new Map<JobName, () => Promise<void>>()
  const asked = new Set<JobName>()

  const run = async (jobs: readonly JobName[]): Promise<void> => {
    for (const job of jobs) asked.add(job)
    for (let [job] = asked; job !== undefined; [job] = asked) {
      asked.delete(job)
      await handlers.get(job)?.()
    }
  }

  return {
    wake(job) {
      asked.add(job)
      return Promise.resolve()
    },
    work(job, handler) {
      handlers.set(job, handler)
      return Promise.resolve()
    },
    run,
    runAll: () => run([...handlers.keys()]),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
