import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** Threads that do tasks of one kind, one on each core. */
export type Crew<Task, Outcome> = AsyncDisposable & {
  /** Has a task done by the next thread that is free. Rejects when that thread fails. */
  do(task: Task): Promise<Outcome>
}

/**
 * Opens a crew for so many tasks. `worker`: a file that answers each message with one. Tasks and outcomes are copied on
 * their way, so they hold no functions.
 */
export function openCrew<Task, Outcome>(worker: URL, tasks: number): Crew<Task, Outcome> {
  const size = Math.min(tasks, availableParallelism())
  const all = Array.from({ length: size }, () => new Worker(worker))
  const idle = [...all]
  const waiting: ((free: Worker) => void)[] = []
  return {
    async do(task) {
      const one = idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)))
      const outcome = await answered<Outcome>(one, task)
      const next = waiting.shift()
      if (next) next(one)
      else idle.push(one)
      return outcome
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((each) => each.terminate()))
    },
  }
}

function answered<Outcome>(one: Worker, task: unknown): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    one.once('error', reject)
    one.once('message', (outcome: Outcome) => {
      one.off('error', reject)
      resolve(outcome)
    })
    one.postMessage(task, [])
  })
}
