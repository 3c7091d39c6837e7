import { z } from 'zod'

/**
 * What wakes a worker. A job is a hint: all that it says stands in PostgreSQL too, and a lost job costs
 * one sweep. Names and payloads are the whole contract between the services.
 */
export const JOBS = {
  /** Look at every deadline that has passed: homes, gateways, sensors. */
  watch: z.object({}),
  /** Take each home's finished days into its rhythm; learn anew what an older version has learnt. */
  learn: z.object({}),
  /** Turn new signals into alerts, and run every timer that is due. */
  escalate: z.object({}),
  /** Send every delivery that waits. */
  deliver: z.object({}),
  /** Make the partitions of the coming days, drop those beyond the retention. */
  tidy: z.object({}),
  /** Look once a day, for each office, at who is not watched and whom an alert would not reach. */
  daily: z.object({}),
} as const

export type JobName = keyof typeof JOBS
