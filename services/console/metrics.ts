import type pg from 'pg'
import { Gauge, Registry } from 'prom-client'
import type { Lateness } from '../core/lateness.ts'
import { LEARNT_BY } from '../core/learning.ts'
import type { Clock } from '../core/time.ts'
import { type Figures, readFigures } from '../store/figures.ts'
import { readLateness } from '../store/lateness.ts'
import { type Standing, readRelearning } from '../store/relearning.ts'

/**
 * The alert side as gauges for Prometheus: read anew with each look, and none of them names anybody. Null while the
 * database is away. Lengths of time are in seconds.
 */
export async function metrics(pool: pg.Pool, clock: Clock): Promise<string | null> {
  const lateness = await readLateness(pool, clock)
  if (!lateness) return null
  const now = clock.now()
  const ago = (at: number | null) => (at === null ? 0 : Math.max(0, now - at) / 1000)
  const registry = new Registry()
  for (const [name, help, samples] of [
    ...alerts(await readFigures(pool, now), ago),
    ...punctuality(lateness, ago),
    ...learning(await readRelearning(pool, LEARNT_BY)),
  ]) {
    const gauge = new Gauge({ name, help, labelNames: LABELS, registers: [registry] })
    for (const { value, ...labels } of samples) gauge.set(labels, value)
  }
  return await registry.metrics()
}

const LABELS = ['purpose', 'kind', 'grade', 'state', 'channel', 'what', 'service']

type Sample = Readonly<Record<string, string | number>> & { readonly value: number }
type Told = readonly [name: string, help: string, samples: readonly Sample[]]

function punctuality(
  { overdue, pulses }: Lateness,
  ago: (at: number | null) => number,
): readonly Told[] {
  const waits = Object.entries(overdue).map(([what, at]) => ({ what, value: ago(at) }))
  const beats = [...pulses].map(([service, at]) => ({ service, value: ago(at) }))
  return [
    ['anbu_lag_seconds', 'How long the oldest thing of each kind has been overdue.', waits],
    ['anbu_pulse_age_seconds', 'How long ago each service said that it works.', beats],
  ]
}

function alerts(
  { open, unanswered, messages, waiting, dead, faults, resting }: Figures,
  ago: (at: number) => number,
): readonly Told[] {
  const unheard = unanswered.map(({ grade, since }) => ({ grade, value: ago(since) }))
  const faulty = faults.map(({ channel }) => ({ channel, value: 1 }))
  return [
    ['anbu_open_alerts', 'Open alerts, of homes, of offices, of exercises.', open.map(counted)],
    [
      'anbu_oldest_unanswered_seconds',
      'For how long the oldest alert has waited that staff were told of and nobody has.',
      unheard,
    ],
    [
      'anbu_messages_last_hour',
      'Messages planned in the last hour, by what became of them.',
      messages.map(counted),
    ],
    ['anbu_messages_waiting', 'Messages to be sent or on their way.', waiting.map(counted)],
    ['anbu_dead_addresses', 'Addresses of staff where nothing can arrive.', dead.map(counted)],
    ['anbu_channel_fault', '1: the channel reaches nobody as it is set up.', faulty],
    [
      'anbu_providers_resting',
      'Providers that failed so often of late that they are left alone.',
      [{ value: resting }],
    ],
  ]
}

function counted<Row extends { readonly count: number }>({ count, ...labels }: Row) {
  return { ...labels, value: count }
}

function learning({ unreadable, hasNewer, relearning }: Standing): readonly Told[] {
  // It is over when no home waits; some may have been learnt twice, where an older version runs beside this one.
  const waiting = relearning ? Math.max(1, relearning.homes - relearning.done) : 0
  return [
    [
      'anbu_rhythms_to_relearn',
      'Homes that are judged by what an older version has learnt, until they are learnt anew.',
      [{ value: waiting }],
    ],
    [
      'anbu_rhythms_unreadable',
      'Homes whose rhythm cannot be read: judged as new ones, and learnt anew first.',
      [{ value: unreadable }],
    ],
    [
      'anbu_rhythms_newer',
      '1: a newer version has learnt some rhythms, and while only this one runs they learn no day more.',
      [{ value: Number(hasNewer) }],
    ],
  ]
}
